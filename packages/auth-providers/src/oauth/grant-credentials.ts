import {
  type AuthProvider,
  type Call,
  type Credential,
  type Grant,
  type GrantKey,
  PrincipalError,
  type ProviderServices,
  type ResolvedCall,
  revealSecret,
  Secret,
} from '@tributary/pipeline';
import { grantKeyId } from '../grants/grant-key.js';
import { isSameSecret } from '../same-text.js';
import { waitFor } from '../wait-for.js';
import type { OAuthClient } from './client-config.js';
import type { NoticeExpiry } from './expiry-notices.js';
import type { RefreshGrant } from './grant-refresher.js';
import type { GrantServer } from './grant-server.js';
import { invokingUser } from './invoking-user.js';
import { renewAhead } from './renew-ahead.js';
import type { TokenEndpoint } from './token-endpoint.js';
import { isDue, isEnding, isFresh } from './token-times.js';

export interface GrantCredentialsOptions {
  readonly server: GrantServer;
  readonly client: OAuthClient;
  readonly endpointOf: (issuer: string) => TokenEndpoint;
  readonly refresh: RefreshGrant;
  readonly noticeExpiry: NoticeExpiry;
}

/** What a provider of people's grants answers with. */
export type GrantCredentials = Required<Pick<AuthProvider, 'account' | 'credential' | 'renew'>>;

export const grantCredentials = (
  { server, client: { clientId }, endpointOf, refresh, noticeExpiry }: GrantCredentialsOptions,
  services: Pick<ProviderServices, 'clock' | 'grants' | 'links' | 'logger'>,
): GrantCredentials => {
  const { clock, grants, links } = services;
  const ahead = renewAhead(services);

  /** The invoking user's account, from a verified source or from their own consent: never another's. */
  const account = async (call: Call): Promise<string | undefined> => {
    const user = invokingUser(server.kind, call, call.template);
    const issuer = server.issuerOf(call.site);
    const own = user.accountId ?? (await links.read({ issuer, clientId, userId: user.id }));
    const wanted = call.principal.kind === 'user' ? call.principal.accountId : undefined;
    if (wanted !== undefined && own !== undefined && wanted !== own) {
      throw new PrincipalError(
        `asUser(accountId) names another account than the invoking user's, and ${server.kind} can't act for others`,
        call.template,
      );
    }
    return own;
  };

  const keyOf = async (call: Call): Promise<GrantKey | undefined> => {
    const accountId = await account(call);
    return accountId === undefined
      ? undefined
      : { issuer: server.issuerOf(call.site), clientId, accountId };
  };

  const timesOf = ({ issuer }: GrantKey) => endpointOf(issuer).clock;

  const credentialOf = (key: GrantKey, grant: Grant, base: string): Credential => ({
    authorization: authorizationOf(grant),
    base,
    expiresAt: timesOf(key).local(grant.expiresAt),
  });

  /** The grant may be one of a later consent, for other sites. */
  const laterCredential = async (key: GrantKey, grant: Grant, call: ResolvedCall) => {
    await server.requireGranted(grant, call);
    return credentialOf(key, grant, call.base);
  };

  /** A failure that lasts is when an idle grant comes near its end. */
  const refreshed = async (key: GrantKey, stored: Grant, isStale: (grant: Grant) => boolean) => {
    try {
      const grant = await refresh(key, isStale);
      if (grant !== undefined) noticeExpiry(key, grant, timesOf(key).now());
      return grant;
    } catch (error) {
      noticeExpiry(key, stored, timesOf(key).now());
      throw error;
    }
  };

  return {
    account,

    async credential(call) {
      const key = await keyOf(call);
      const stored = key && (await grants.read(key));
      if (key === undefined || stored === undefined) return undefined;
      await server.requireGranted(stored, call);
      const times = timesOf(key);
      if (isDue(stored, times.now())) {
        const isStale = (grant: Grant) => isDue(grant, times.now());
        const grant = await waitFor(refreshed(key, stored, isStale), call, clock);
        return grant && laterCredential(key, grant, call);
      }
      const isOld = (grant: Grant) => isEnding(grant, times.now());
      if (isOld(stored) && stored.refreshToken !== undefined) {
        ahead(grantKeyId(key), key.issuer, () => refreshed(key, stored, isOld));
      } else {
        noticeExpiry(key, stored, times.now());
      }
      return credentialOf(key, stored, call.base);
    },

    async renew(call, rejected, response) {
      const key = await keyOf(call);
      const stored = key && (await grants.read(key));
      if (key === undefined || stored === undefined) return undefined;
      const times = timesOf(key);
      const isRejected = (grant: Grant) =>
        isSameSecret(authorizationOf(grant), rejected.authorization);
      const isStale = (grant: Grant) => isRejected(grant) || isDue(grant, times.now());
      if (!isStale(stored)) return laterCredential(key, stored, call);
      // Another one would be refused for the same reason; a first one may have been taken back.
      const isRenewed = stored.obtainedAt !== stored.grantedAt;
      if (isRenewed && isRejected(stored) && isFresh(stored, times.now(), response)) {
        return 'unchanged';
      }
      const grant = await waitFor(refreshed(key, stored, isStale), call, clock);
      return grant && laterCredential(key, grant, call);
    },
  };
};

const authorizationOf = (grant: Grant): Secret =>
  new Secret(`Bearer ${revealSecret(grant.accessToken)}`);
