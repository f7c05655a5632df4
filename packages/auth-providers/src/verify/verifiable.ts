import type { AuthProvider, Call, ProviderServices, Site } from '@tributary/pipeline';

/** What a provider knows beforehand of whom its credential belongs to. */
export interface Expected {
  readonly email?: string;
  /** For whoever acts by a stored grant: with the provider's `account()` it names the grant. */
  readonly grant?: { readonly clientId: string; issuerOf(site: Site): string };
}

/** The provider, frozen, with a `verify()` whose work is loaded on first use. */
export const verifiable = (
  services: ProviderServices,
  provider: AuthProvider,
  expected: Expected = {},
): AuthProvider =>
  Object.freeze({
    ...provider,
    verify: async (call: Call) => {
      const { verifyCredential } = await import('./verify-credential.js');
      return verifyCredential(services, provider, call, expected);
    },
  });
