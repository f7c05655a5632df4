import { createTributary, route } from '@tributary/api';
import { cloud, oauth } from '@tributary/auth-providers';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { openStore } from './stores.mjs';

const SCOPES = ['read:space:confluence', 'read:confluence-user'];
/** Who is signed in to the app, in all its processes. */
export const USER = { id: 'me' };

/** How often a token is refreshed is looked at here, and not how long a busy machine takes for 1,000 calls. */
const TIMEOUT_MS = 120_000;

/** The app as each of its processes wires it. */
export const openApp = async ({ site, client, store }) =>
  createTributary({
    site: cloud(site.url, { gateway: site.gateway, cloudId: site.cloudId }),
    user: oauth({ ...client, scopes: SCOPES }),
    grants: await openStore(store),
    timeout: TIMEOUT_MS,
  });

export const list = (tributary) =>
  tributary.asUser().requestConfluence(route`/wiki/api/v2/spaces?limit=1`);

/** One caller: what came of its call, and when. */
export const call = async (tributary) => {
  const invocation = createInvocation({ surface: 'web', user: USER });
  let outcome;
  try {
    const response = await runInInvocation(invocation, () => list(tributary));
    await response.arrayBuffer();
    outcome = String(response.status);
  } catch (error) {
    outcome = error.code ?? error.name;
  }
  return { outcome, endedAt: Date.now() };
};
