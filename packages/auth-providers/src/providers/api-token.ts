import {
  type AuthProvider,
  type AuthProviderFactory,
  ConfigError,
  Secret,
  type Site,
} from '@tributary/pipeline';
import { type BaseChoice, gatewayBases } from '../sites/product-base.js';
import { verifiable } from '../verify/verifiable.js';
import { basicAuthorization } from './basic-authorization.js';
import { requireCloud } from './check-deployment.js';
import { chosenBase } from './chosen-base.js';
import { requireBaseChoice, requireEmail, requireToken } from './config-value.js';
import { ownAccount } from './own-account.js';
import { staticCredential } from './static-credential.js';

export interface ApiTokenOptions {
  /** The email of the Atlassian account that the token belongs to. */
  readonly email: string;
  readonly token: string;
  /** Whether the token was created with scopes. Default false. */
  readonly scoped?: boolean;
  /**
   * Follows from `scoped`: a classic token is honoured at the site, a scoped one at the gateway. 'bitbucket'
   * for one whose scopes are Bitbucket's, which is honoured there alone ("Using API tokens", Bitbucket Cloud).
   */
  readonly base?: BaseChoice;
}

const checkBase = (scoped: boolean, base: BaseChoice | undefined): void => {
  if (base === undefined || (base !== 'site') === scoped) return;
  throw new ConfigError(
    'base',
    scoped
      ? 'a scoped token is refused at the site URL; leave base out'
      : 'a classic token is honoured at the site URL only; leave base out, or say scoped: true if it was created with scopes',
  );
};

const checkSite = (site: Site): void =>
  requireCloud(site, 'An API token', 'use personalAccessToken({ token })');

/**
 * A person's API token (id.atlassian.com, Security, API tokens), classic or scoped.
 * @throws ConfigError naming `email`, `token`, `scoped` or `base`.
 */
export const apiToken = (options: ApiTokenOptions): AuthProviderFactory => {
  const { scoped = false, ...given } = options ?? {};
  const email = requireEmail('email', given.email);
  const token = requireToken('token', given.token, 'create one at id.atlassian.com');
  if (typeof scoped !== 'boolean') throw new ConfigError('scoped', 'must be true or false');
  const base = requireBaseChoice(given.base);
  checkBase(scoped, base);
  const authorization = new Secret(basicAuthorization(email, token));

  return (services) => {
    const honoured = chosenBase(base ?? (scoped ? 'gateway' : 'site'), gatewayBases(services));
    const endpoint: AuthProvider['endpoint'] = (call) => {
      // The gateway refuses Data Center itself, and Bitbucket is no site's.
      if (!scoped) checkSite(call.site);
      return honoured.endpoint(call);
    };
    const provider: AuthProvider = {
      kind: 'api-token',
      isPersonal: true,
      endpoint,
      credential: staticCredential(authorization),
      checkSite,
      account: ownAccount(services, endpoint, authorization),
    };
    return verifiable(services, provider, { email });
  };
};
