import type { Tributary } from '@tributary/api';
import { ConfigError, type Invocation, NeedsAuthenticationError } from '@tributary/pipeline';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import type { ForgeExternalAccount } from './forge-runtime.js';
import type { ExternalAuthOptions } from './platform-options.js';
import { readInit } from './request-init.js';

export interface ExternalClientOptions {
  /** The keys of the remotes that apps name; each is the client's site. Default `default`. */
  readonly remotes?: readonly string[];
  /** What apps may show of the account. Default: its id. */
  readonly displayName?: (accountId: string) => string;
}

/** What of a client a third party is called by. */
export type ExternalClient = Pick<Tributary, 'account' | 'api' | 'consent' | 'site'>;

/**
 * A third party that one of our OAuth providers knows, such as a Data Center site by `dataCenterOAuth(…)`, for
 * the option `externalAuth`. Each of the app's users has a grant of their own there, which the client keeps and
 * renews; who has none is asked by the consent boundary, when the app calls `requestCredentials()`.
 * @throws ConfigError where the client has no site, or nobody can be asked
 */
export const externalClient = (
  client: ExternalClient,
  { remotes = ['default'], displayName = (id) => id }: ExternalClientOptions = {},
): ExternalAuthOptions => {
  const { site } = client;
  if (site === undefined)
    throw new ConfigError('client', 'must have a site: that of the third party');
  // At once, for a client whose users can't be asked.
  const { scopes } = client.consent.flow({ user: { id: 'nobody' } });
  const accounts = new WeakMap<Invocation, readonly ForgeExternalAccount[]>();

  /** Of the same user, who is somebody else there. */
  const there = <T>({ user, surface, interactive }: Invocation, work: () => T): T => {
    const own = user && { user: { id: user.id } };
    return runInInvocation(createInvocation({ surface, interactive, site, ...own }), work);
  };

  return {
    remotes: Object.fromEntries(remotes.map((key) => [key, site.url])),
    accounts: (invocation) => (invocation && accounts.get(invocation)) ?? [],
    async learn(invocation) {
      // What fails here fails again, and is told, when the app acts as the user; many never do.
      const id = await there(invocation, () => client.account()).catch(() => undefined);
      if (id === undefined) return;
      const account = { id, externalAccountId: id, displayName: displayName(id), scopes };
      accounts.set(invocation, [account]);
    },
    async request({ invocation }, path, init, warn) {
      if (invocation === undefined) return undefined;
      const { deployment } = site;
      const options = readInit(init, { provider: 'user', deployment, warn });
      try {
        return await there(invocation, () =>
          client.api.asUser().requestConfluence(path, { ...options, retry: false, budget: false }),
        );
      } catch (error) {
        if (error instanceof NeedsAuthenticationError) return undefined;
        throw error;
      }
    },
    consent({ scopes: wanted, invocation: { user } }) {
      if (user === undefined) throw new ConfigError('user', 'is nobody: there is nobody to ask');
      const all = [...new Set([...scopes, ...wanted])];
      const asked = { user: { id: user.id }, site, scopes: all };
      return { ...asked, flow: client.consent.flow(asked) };
    },
  };
};
