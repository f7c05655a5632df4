import {
  AuthorizationServerError,
  type GrantedSite,
  revealSecret,
  Secret,
  type ServiceFetch,
  type Site,
} from '@tributary/pipeline';
import { currentUser } from '../providers/own-account.js';
import { readJsonObject } from '../service-json.js';
import { gatewayOf } from '../sites/gateway.js';
import { gatewayBase } from '../sites/product-base.js';

interface Granted {
  readonly accessToken: Secret;
  readonly scopes: readonly string[];
  readonly sites: readonly GrantedSite[];
}

/**
 * Who granted: asked of the identity API, or of Confluence, by the new token itself.
 * @throws AuthorizationServerError when neither tells.
 */
export const grantingAccount = async (
  fetch: ServiceFetch,
  site: Site,
  granted: Granted,
  signal?: AbortSignal,
): Promise<string> => {
  const authorization = new Secret(`Bearer ${revealSecret(granted.accessToken)}`);
  const account = granted.scopes.includes('read:me')
    ? await identity(fetch, gatewayOf(site), authorization, signal)
    : await ofAnySite(fetch, site, granted.sites, authorization, signal);
  if (account !== undefined) return account;
  throw new AuthorizationServerError(
    'It can not be told whose grant it is; check that the app has read:me, or read:confluence-user and a Confluence site.',
    { retryable: true },
  );
};

const identity = async (
  fetch: ServiceFetch,
  gateway: string,
  authorization: Secret,
  signal?: AbortSignal,
): Promise<string | undefined> => {
  const response = await fetch(`${gateway}me`, {
    headers: { accept: 'application/json', authorization: revealSecret(authorization) },
    ...(signal && { signal }),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    return undefined;
  }
  const { account_id: account } = await readJsonObject(response);
  return typeof account === 'string' && account !== '' ? account : undefined;
};

/** An account is the same at all sites; some of them may have no Confluence. */
const ofAnySite = async (
  fetch: ServiceFetch,
  site: Site,
  sites: readonly GrantedSite[],
  authorization: Secret,
  signal?: AbortSignal,
): Promise<string | undefined> => {
  for (const { cloudId } of sites) {
    const base = gatewayBase(site, 'confluence', cloudId);
    const account = await currentUser({ fetch }, base, authorization, signal);
    if (account !== undefined) return account;
  }
  return undefined;
};
