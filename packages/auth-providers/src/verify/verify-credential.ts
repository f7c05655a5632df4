import {
  type AuthProvider,
  type Call,
  type Credential,
  NetworkError,
  normaliseBase,
  openCall,
  type ProviderServices,
  RedirectError,
  type ResolvedCall,
  VerificationError,
  type VerifiedIdentity,
} from '@tributary/pipeline';
import type { AuthFailureContext } from '../explain/auth-failure.js';
import { explain } from '../explain/explain.js';
import { isScopeMismatch } from '../scope-mismatch.js';
import { isGrantedSite } from '../sites/granted-site.js';
import { sitePath } from '../sites/site-path.js';
import { waitFor } from '../wait-for.js';
import { type Known, readIdentity } from './read-identity.js';
import type { Expected } from './verifiable.js';

/** v1, and no v2: the one endpoint that says who one is on Cloud and on Data Center. */
export const CURRENT_USER = '/wiki/rest/api/user/current';

/**
 * Who the provider's credential belongs to. A status alone doesn't tell: with an invalid token
 * Confluence may answer 200 to nobody (JRACLOUD-93811, CONFSERVER-98199).
 * @throws VerificationError; NetworkError, retryable, when Confluence can't be asked now.
 */
export const verifyCredential = (
  services: ProviderServices,
  provider: AuthProvider,
  call: Call,
  expected: Expected,
): Promise<VerifiedIdentity> =>
  waitFor(verify(services, provider, call, expected), call, services.clock);

const verify = async (
  services: ProviderServices,
  provider: AuthProvider,
  call: Call,
  expected: Expected,
): Promise<VerifiedIdentity> => {
  const { site } = call;
  provider.checkSite?.(site);
  const asked: ResolvedCall = {
    ...call,
    product: 'confluence',
    provider,
    base: normaliseBase(await provider.endpoint(call), 'base'),
    path: sitePath(site, 'confluence', CURRENT_USER),
    template: CURRENT_USER,
    method: 'GET',
    headers: {},
  };
  const credential = await provider.credential(asked);
  if (credential === undefined) {
    throw new VerificationError(
      `There is no credential to verify: ${provider.kind} has none for this caller. As a user, have them grant access first; else check where the token comes from.`,
    );
  }
  const { response, used } = await askTwice(services, asked, credential);
  const known = await whatIsKnown(services, asked, expected);
  if (response.status === 200) return readIdentity(response, site, known);

  // The token is good, or the gateway would not have looked at its scopes.
  const { accountId, scopes, siteUrl = site.url } = known;
  const isUnauthorized = accountId !== undefined && response.status === 401;
  if (isUnauthorized && (await isScopeMismatch(response, services.clock))) {
    return { accountId, site: siteUrl, ...(scopes && { scopes }) };
  }
  return refuse(response, asked, used, services);
};

const whatIsKnown = async (
  { grants }: ProviderServices,
  call: ResolvedCall,
  { email, grant }: Expected,
): Promise<Known> => {
  const accountId = grant && (await call.provider.account?.(call));
  if (grant === undefined || accountId === undefined) return email === undefined ? {} : { email };
  const { clientId } = grant;
  const stored = await grants.read({ issuer: grant.issuerOf(call.site), clientId, accountId });
  if (stored === undefined) return { accountId };
  const { scopes, sites } = stored;
  const found =
    isGrantedSite(call.site) && sites.find(({ cloudId }) => call.base.includes(cloudId));
  return { accountId, scopes, ...(found && { siteUrl: new URL(found.url).href }) };
};

/** As the chain does it: a credential that is refused is renewed once, where it can be. */
const askTwice = async (
  services: ProviderServices,
  call: ResolvedCall,
  credential: Credential,
): Promise<{ readonly response: Response; readonly used: Credential }> => {
  const response = await ask(services, call, credential);
  const { provider } = call;
  const isRefused = response.status === 401 && !(await isScopeMismatch(response, services.clock));
  if (provider.renew === undefined || !isRefused) return { response, used: credential };
  const renewed = await provider.renew(call, credential, response);
  if (typeof renewed !== 'object') return { response, used: credential };
  await response.body?.cancel();
  return { response: await ask(services, call, renewed), used: renewed };
};

const ask = async (
  { fetch }: ProviderServices,
  call: ResolvedCall,
  credential: Credential,
): Promise<Response> => {
  // The check of every terminal: the URL lies under the base, and the credential belongs there.
  const { url, authorization } = openCall({ ...call, attempt: 1, credential });
  const headers = {
    accept: 'application/json',
    ...(authorization !== undefined && { authorization }),
  };
  try {
    return await fetch(url.href, { headers, ...(call.signal && { signal: call.signal }) });
  } catch (error) {
    if (!(error instanceof RedirectError)) throw error;
    throw new VerificationError(
      `${CURRENT_USER} answered with a redirect, as to the page of a log-in. Check the URL of the site; a single sign-on before Confluence has to let REST calls with a token through.`,
      { cause: error },
    );
  }
};

const refuse = async (
  response: Response,
  { site, base, provider }: ResolvedCall,
  { expiresAt }: Credential,
  { clock }: ProviderServices,
): Promise<never> => {
  const { status } = response;
  if (status === 429 || status >= 500) {
    await response.body?.cancel();
    throw new NetworkError(`${CURRENT_USER} answered ${status}; try again later.`, {
      template: CURRENT_USER,
      attempts: 1,
      sent: 'yes',
    });
  }
  const isExpired = expiresAt !== undefined && expiresAt <= clock.now();
  const context: AuthFailureContext = {
    method: 'GET',
    template: CURRENT_USER,
    provider: provider.kind,
    site,
    base,
    // That it is valid otherwise is what was asked.
    ...(isExpired && { sentWith: 'expired' }),
  };
  const { reason, nextStep } = status === 404 ? NO_CONFLUENCE : await explain(response, context);
  await response.body?.cancel();
  throw new VerificationError(`${CURRENT_USER} answered ${status}. ${reason} ${nextStep}`, {
    status,
  });
};

const NO_CONFLUENCE = {
  reason: 'There is no Confluence at this URL, or the credential does not reach it.',
  nextStep: 'Check the URL of the site, on Data Center with its context path, and the cloudId.',
};
