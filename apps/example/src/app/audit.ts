import { type Api, ensureOk, route } from '@tributary/api';

export interface AuditRecord {
  readonly summary: string;
  readonly author: string;
  readonly when: string;
}

interface AuditAnswer {
  readonly results: readonly {
    readonly summary: string;
    readonly creationDate: number;
    readonly author?: { readonly displayName?: string };
  }[];
}

/** With an administrator's own credential on a bare call: the chain attaches none. */
export const readAudit = async (
  api: Api,
  admin: { readonly email: string; readonly token: string },
): Promise<readonly AuditRecord[]> => {
  const basic = Buffer.from(`${admin.email}:${admin.token}`).toString('base64');
  const response = await ensureOk(
    api.requestConfluence<AuditAnswer>(route`/wiki/rest/api/audit?limit=${3}`, {
      headers: { authorization: `Basic ${basic}`, accept: 'application/json' },
    }),
  );
  const { results } = await response.json();
  return results.map(({ summary, author, creationDate }) => ({
    summary,
    author: author?.displayName ?? 'unknown',
    when: new Date(creationDate).toISOString().slice(0, 10),
  }));
};
