import {
  type Grant,
  type GrantKey,
  type GrantStore,
  revealSecret,
  Secret,
} from '@tributary/pipeline';

export const makeGrantKey = (overrides: Partial<GrantKey> = {}): GrantKey => ({
  issuer: 'https://auth.example',
  clientId: 'client',
  accountId: 'account',
  ...overrides,
});

/** A grant with a time for everything, so that a field that is lost shows. */
export const makeGrant = (accessToken: string, overrides: Partial<Grant> = {}): Grant => ({
  accessToken: new Secret(accessToken),
  refreshToken: new Secret(`canary-refresh-${accessToken}`),
  scopes: ['read:page:confluence', 'offline_access'],
  obtainedAt: 1_900_000_000_001,
  expiresAt: 1_900_003_600_002,
  grantedAt: 1_890_000_000_003,
  sites: [
    { cloudId: '6f1b9a4e-0000-4000-8000-000000000001', url: 'https://a.atlassian.net', name: 'A' },
  ],
  ...overrides,
});

/** A grant with its secrets open, for comparison only. */
export const openGrant = (grant: Grant | undefined): unknown =>
  grant && {
    ...grant,
    accessToken: revealSecret(grant.accessToken),
    refreshToken: grant.refreshToken && revealSecret(grant.refreshToken),
  };

export const listKeys = async (
  store: GrantStore,
  prefix: Partial<GrantKey>,
): Promise<readonly GrantKey[]> => {
  const keys: GrantKey[] = [];
  for await (const key of store.list(prefix)) keys.push(key);
  return keys;
};
