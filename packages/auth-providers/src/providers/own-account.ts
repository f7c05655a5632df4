import {
  type AuthProvider,
  type Call,
  normaliseBase,
  type ProviderServices,
  revealSecret,
  type Secret,
} from '@tributary/pipeline';
import { readJsonObject } from '../service-json.js';
import { waitFor } from '../wait-for.js';

/**
 * Whose credential it is, as Confluence tells: for whoever acts as that person and has to name them.
 * Asked once per base; `undefined` where the credential may not read it, which is asked again.
 */
export const ownAccount = (
  services: Pick<ProviderServices, 'fetch' | 'clock'>,
  endpoint: AuthProvider['endpoint'],
  authorization: Secret,
): ((call: Call) => Promise<string | undefined>) =>
  accountByBase(services, endpoint, (base) => currentUser(services, base, authorization));

/** What `ask` tells, once per base and for all who want to know at a time. */
export const accountByBase = (
  { clock }: Pick<ProviderServices, 'clock'>,
  endpoint: AuthProvider['endpoint'],
  ask: (base: string, call: Call) => Promise<string | undefined>,
): ((call: Call) => Promise<string | undefined>) => {
  const known = new Map<string, Promise<string | undefined>>();

  const askOnce = (base: string, call: Call): Promise<string | undefined> => {
    const asked = ask(base, call);
    known.set(base, asked);
    const forget = () => known.delete(base);
    asked.then((account) => account === undefined && forget(), forget);
    return asked;
  };

  return async (call) => {
    // Confluence's, whichever product is called: it is Confluence that is asked.
    const base = normaliseBase(await endpoint({ ...call, product: 'confluence' }), 'base');
    return waitFor(known.get(base) ?? askOnce(base, call), call, clock);
  };
};

type ReadUser = (
  services: Pick<ProviderServices, 'fetch'>,
  base: string,
  authorization: Secret,
  signal?: AbortSignal,
) => Promise<string | undefined>;

const readUser =
  (path: string, field: 'accountId' | 'userKey'): ReadUser =>
  async ({ fetch }, base, authorization, signal) => {
    const response = await fetch(`${base}${path}`, {
      headers: { accept: 'application/json', authorization: revealSecret(authorization) },
      ...(signal && { signal }),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      return undefined;
    }
    const account = (await readJsonObject(response))[field];
    return typeof account === 'string' && account !== '' ? account : undefined;
  };

/** The account that `authorization` belongs to (scope `read:confluence-user`). */
export const currentUser = readUser('wiki/rest/api/user/current', 'accountId');

/**
 * The same at a Data Center site: its `userKey`. Users have no accountId there, and a `username` may
 * be changed.
 */
export const dataCenterUser = readUser('rest/api/user/current', 'userKey');
