import type { Provider } from 'oidc-provider';
import { identifyGranted } from '../oauth/identify.js';
import {
  type Account,
  personByPersonalAccessToken,
  personByUsername,
  serviceAccount,
} from '../people.js';
import type { Identity } from '../rest/env.js';

/** Personal access tokens are told from OAuth tokens by how they begin, for lack of anything better. */
const isPersonal = (token: string): boolean => token.startsWith('canary-sandbox-pat-');

/**
 * Data Center honours Bearer with a personal access token or an OAuth token, and Basic with a password.
 * Whoever shows a personal access token that is none is an anonymous visitor (CONFSERVER-98199).
 */
export function identifyOnDataCenter(
  provider: () => Promise<Provider>,
): (authorization: string | undefined) => Promise<Identity> {
  return async (authorization) => {
    if (authorization === undefined) return {};
    const bearer = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization)?.[1];
    if (bearer === undefined) return found(personByBasic(authorization));
    if (isPersonal(bearer)) {
      const person = personByPersonalAccessToken(bearer);
      return person ? { person } : {};
    }
    return identifyToken(await provider(), bearer);
  };
}

async function identifyToken(provider: Provider, value: string): Promise<Identity> {
  const own = await provider.ClientCredentials.find(value);
  if (own === undefined) return identifyGranted(provider, value);
  return { person: serviceAccount, scopes: new Set(own.scope?.split(' ')) };
}

function personByBasic(authorization: string): Account | undefined {
  const encoded = /^Basic (\S+)$/i.exec(authorization)?.[1] ?? '';
  const pair = Buffer.from(encoded, 'base64').toString();
  const colon = pair.indexOf(':');
  const person = personByUsername(pair.slice(0, Math.max(colon, 0)));
  return person?.password === pair.slice(colon + 1) ? person : undefined;
}

const found = (person: Account | undefined): Identity =>
  person ? { person } : { rejected: 'unknown' };
