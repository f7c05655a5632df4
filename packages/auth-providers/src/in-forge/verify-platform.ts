import {
  type Call,
  discardBody,
  NetworkError,
  type ResolvedCall,
  type Terminal,
  VerificationError,
  type VerifiedIdentity,
} from '@tributary/pipeline';
import { readIdentity } from '../verify/read-identity.js';
import { CURRENT_USER } from '../verify/verify-credential.js';
import { invokingAccount } from './forge-runtime.js';

/**
 * Whom the platform's calls act as: as the app its own account, as the user whoever is invoking.
 * @throws VerificationError; NetworkError, retryable; NeedsAuthenticationError where the user has to
 *   grant access first.
 */
export const verifyPlatform = async (
  call: Call,
  provider: ResolvedCall['provider'],
  terminal: Terminal,
): Promise<VerifiedIdentity> => {
  const { principal, site } = call;
  const response = await terminal.send({
    ...call,
    product: 'confluence',
    provider,
    base: site.url,
    path: CURRENT_USER,
    template: CURRENT_USER,
    method: 'GET',
    headers: {},
    attempt: 1,
    credential: undefined,
  });
  const { status } = response;
  if (status === 200) {
    const copy = response.clone();
    const accountId =
      principal.kind === 'user' ? (principal.accountId ?? invokingAccount()) : undefined;
    const siteUrl = siteOf(await copy.json().catch(() => undefined));
    return readIdentity(response, site, {
      ...(accountId !== undefined && { accountId }),
      ...(siteUrl !== undefined && { siteUrl }),
    });
  }
  discardBody(response);
  if (status === 429 || status >= 500) {
    throw new NetworkError(`${CURRENT_USER} answered ${status}; try again later.`, {
      template: CURRENT_USER,
      attempts: 1,
      sent: 'yes',
    });
  }
  throw new VerificationError(
    `${CURRENT_USER} answered ${status}. Add read:confluence-user to the scopes in manifest.yml, deploy, and have the installation upgraded; Confluence has to be among its products.`,
    { status },
  );
};

/** The platform knows the site and doesn't tell; answers of v1 do. */
const siteOf = (body: unknown): string | undefined => {
  const links = (body as { readonly _links?: { readonly base?: unknown } } | undefined)?._links;
  const base = typeof links?.base === 'string' ? URL.parse(links.base) : null;
  return base?.protocol === 'https:' ? `${base.origin}/` : undefined;
};
