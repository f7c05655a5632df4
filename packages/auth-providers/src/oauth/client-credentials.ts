import { type AuthProviderFactory, ConfigError, type Site } from '@tributary/pipeline';
import { gatewayBases } from '../sites/product-base.js';
import { verifiable } from '../verify/verifiable.js';
import { readAuthorizationServer, withoutSlash } from './authorization-server.js';
import { readClient, requireScopes } from './client-config.js';
import type { ClientTokens } from './client-tokens.js';

export interface ClientCredentialsOptions {
  /** Of the service account: on Cloud from admin.atlassian.com, on Data Center from its administration. */
  readonly clientId: string;
  readonly clientSecret: string;
  /**
   * Data Center only, and needed there: such as `['READ']`. On Cloud they are chosen when the
   * credential is created, and a token request that names any is refused (`invalid_scope`).
   */
  readonly scopes?: readonly string[];
  /** Cloud only. Default `https://auth.atlassian.com`. */
  readonly authorizationServer?: string;
}

/**
 * A service account by the OAuth 2.0 client credentials grant (RFC 6749, section 4.4): the app itself,
 * without a person. Tokens are kept in memory and renewed as they end.
 * @throws ConfigError naming the option; `scopes` and `authorizationServer` where the site is known.
 */
export const clientCredentials = (options: ClientCredentialsOptions): AuthProviderFactory => {
  const client = readClient(options, "find it at the service account's credentials");
  const server = readAuthorizationServer(options.authorizationServer);
  const scopes =
    options.scopes === undefined
      ? undefined
      : Object.freeze([...requireScopes(options.scopes, "['READ']")]);

  const checkSite = ({ deployment }: Site): void => {
    const isCloud = deployment === 'cloud';
    if (isCloud && scopes !== undefined) {
      throw new ConfigError(
        'scopes',
        'must be left out on Cloud: they belong to the credential, and a request that names any is refused',
      );
    }
    if (!isCloud && scopes === undefined) {
      throw new ConfigError('scopes', "are needed on Data Center, such as ['READ'] or ['WRITE']");
    }
    if (!isCloud && options.authorizationServer !== undefined) {
      throw new ConfigError(
        'authorizationServer',
        'must be left out on Data Center, where the site itself gives tokens',
      );
    }
  };

  const tokenServerOf = (site: Site) => {
    checkSite(site);
    if (site.deployment === 'cloud') return { issuer: server, url: `${server}/oauth/token` };
    const issuer = withoutSlash(site.url);
    return { issuer, url: `${issuer}/rest/oauth2/latest/token` };
  };

  return (services) => {
    const bases = gatewayBases(services);
    let tokens: ClientTokens | undefined;
    const open = async (): Promise<ClientTokens> => {
      const { clientTokens } = await import('./client-tokens.js');
      const config = { client, scopes: scopes ?? [], tokenServerOf, endpoint };
      tokens ??= clientTokens(config, services);
      return tokens;
    };
    const endpoint = (call: Parameters<typeof bases.base>[0]) => {
      checkSite(call.site);
      return call.site.deployment === 'cloud' ? bases.base(call) : call.site.url;
    };
    return verifiable(services, {
      kind: 'client-credentials',
      appKey: client.clientId,
      // A service account is one account, as a person's token is.
      isPersonal: true,
      endpoint,
      checkSite,
      credential: (call) => tokens?.credential(call) ?? open().then((it) => it.credential(call)),
      renew: async (call, rejected, response) =>
        (tokens ?? (await open())).renew(call, rejected, response),
      account: async (call) => (tokens ?? (await open())).account(call),
    });
  };
};
