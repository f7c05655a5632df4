import { type Grant, type GrantStore, revealSecret, Secret } from '@tributary/pipeline';
import { fakeClock } from '@tributary/testing';
import { type LeasedGrantsOptions, leasedGrants } from '../../src/grants/leased-grants.js';
import { deferred } from './deferred.js';
import { memoryDatabase } from './memory-table.js';
import { plainCodec } from './plain-codec.js';

export const key = { issuer: 'https://auth.example', clientId: 'client', accountId: 'ada' };
export const ID = 'grant/https=3A=2F=2Fauth.example/client/ada';

export const makeGrant = (token: string, overrides: Partial<Grant> = {}): Grant => ({
  accessToken: new Secret(`canary-access-${token}`),
  refreshToken: new Secret(token),
  scopes: ['read:me'],
  expiresAt: 2,
  obtainedAt: 1,
  grantedAt: 0,
  sites: [],
  ...overrides,
});

export const tokenOf = (grant: Grant | undefined) =>
  grant?.refreshToken && revealSecret(grant.refreshToken);

/** Two processes' stores on one database, whose clock and theirs stand still. */
export const setUp = (options: Partial<LeasedGrantsOptions> = {}) => {
  const clock = fakeClock();
  const database = memoryDatabase({ now: clock.now });
  const open = () =>
    leasedGrants(database.handle(), { codec: plainCodec, clock, random: () => 0.5, ...options });
  const one = open();
  const other = open();
  return { clock, database, open, one, other };
};

export const write = (grants: GrantStore, token: string, overrides: Partial<Grant> = {}) =>
  grants.exclusive(key, async () => ({ write: makeGrant(token, overrides) }));

export const listKeys = async (grants: GrantStore) => {
  for await (const key of grants.list({})) return key;
  return undefined;
};

/** A holder that decides when it is told to. */
export const slowHolder = (grants: GrantStore) => {
  const { promise, resolve } = deferred<Grant | 'keep' | 'delete'>();
  const seen = deferred<{ grant: Grant | undefined; signal: AbortSignal }>();
  const result = grants.exclusive(key, async (grant, signal) => {
    seen.resolve({ grant, signal });
    const decision = await promise;
    return typeof decision === 'string' ? decision : { write: decision };
  });
  result.catch(() => {});
  return { decide: resolve, seen: seen.promise, result };
};
