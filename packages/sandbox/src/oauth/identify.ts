import type { Provider } from 'oidc-provider';
import { accountById, serviceAccount } from '../people.js';
import type { Identity } from '../rest/env.js';
import { readBasic } from '../site/basic.js';
import { knownScopes, serviceScopes } from './scopes.js';

const everyScope: ReadonlySet<string> = new Set(knownScopes);

/** The gateway honours Bearer with an OAuth token, and Basic with a scoped API token. */
export function identifyOnGateway(
  provider: Provider,
): (authorization: string | undefined) => Promise<Identity> {
  return async (authorization) => {
    if (authorization === undefined) return {};
    const bearer = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization)?.[1];
    if (bearer !== undefined) return identifyToken(provider, bearer);
    const identity = readBasic(authorization, 'scopedToken');
    return 'person' in identity ? { ...identity, scopes: everyScope } : identity;
  };
}

async function identifyToken(provider: Provider, value: string): Promise<Identity> {
  const own = await provider.ClientCredentials.find(value);
  if (own !== undefined) {
    return { person: serviceAccount, scopes: new Set(serviceScopes), ...appOf(own) };
  }
  return identifyGranted(provider, value);
}

/** A person by the access token that they granted. */
export async function identifyGranted(provider: Provider, value: string): Promise<Identity> {
  const token = await provider.AccessToken.find(value);
  // The grant too: a refresh that lost a race may have saved its token after the revocation.
  const grant = token?.grantId ? await provider.Grant.find(token.grantId) : undefined;
  const person = token && grant ? accountById(token.accountId) : undefined;
  if (token === undefined || person === undefined) return { rejected: 'unknown' };
  return { person, scopes: new Set(token.scopes), ...appOf(token) };
}

const appOf = ({ clientId }: { readonly clientId?: string | undefined }) =>
  clientId === undefined ? {} : { app: clientId };
