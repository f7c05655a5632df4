import type { FetchMethod } from './fetch-types.js';

export type Account = {
  accountId: string;
  updatedAt: string;
};

export type AccountUpdate = {
  accountId: string;
  status: 'updated' | 'closed';
};

// What the reporting API takes at once (developer.atlassian.com, user privacy guide).
const BATCH = 90;

/**
 * Tells Atlassian of whom the app stores personal data; the answer names those whose data is to be renewed
 * or erased.
 * @throws the Response itself (rejection), as Forge does, where a batch is answered with neither 200 nor 204
 */
export const reportPersonalData =
  (request: FetchMethod) =>
  async (accounts: Account[]): Promise<AccountUpdate[]> => {
    const batches = Array.from({ length: Math.ceil(accounts.length / BATCH) }, (_, i) =>
      accounts.slice(i * BATCH, (i + 1) * BATCH),
    );
    const updates = await Promise.all(batches.map((batch) => reportBatch(request, batch)));
    return updates.flat();
  };

const reportBatch = async (request: FetchMethod, accounts: Account[]): Promise<AccountUpdate[]> => {
  const response = await request('/app/report-accounts', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ accounts }),
  });
  if (response.status === 200) return (await response.json()).accounts;
  if (response.status === 204) return [];
  throw response;
};
