import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Configuration, errors, Provider } from 'oidc-provider';
import { markTokens } from '../canary.js';
import { personById } from '../people.js';
import type { TokenStore } from './adapter.js';
import type { Flavour } from './flavour.js';
import { errorPage } from './html-pages.js';

const day = 86_400;

export interface ProviderOptions {
  readonly issuer: string;
  readonly flavour: Flavour;
  readonly accessTokenTtl: number;
  readonly store: TokenStore;
}

type Library = { readonly Provider: typeof Provider; readonly errors: typeof errors };

/** An OAuth server that behaves like Atlassian's: same paths, parameters and rotation. */
export async function createProvider(options: ProviderOptions): Promise<Provider> {
  const library = await loadLibrary();
  const provider = new library.Provider(options.issuer, configuration(options, library));
  markTokens(provider);
  return provider;
}

function configuration(options: ProviderOptions, { errors }: Library): Configuration {
  const { flavour, store, accessTokenTtl, issuer } = options;
  const { client, service, scopes: knownScopes } = flavour;
  const spentTwice = () => new errors.InvalidGrant('refresh token already used');
  return {
    adapter: store.adapterFactory(spentTwice),
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        client_name: client.name,
        redirect_uris: client.redirectUris,
        // `native` would let any loopback port pass; Atlassian compares the whole URL.
        application_type: 'web',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'ES256',
      },
      {
        client_id: service.clientId,
        client_secret: service.clientSecret,
        redirect_uris: [],
        grant_types: ['client_credentials'],
        response_types: [],
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'ES256',
      },
    ],
    scopes: [...knownScopes],
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_post', 'client_secret_basic'],
    routes: { authorization: flavour.authorizePath, token: flavour.tokenPath },
    // The secret is what Atlassian asks for; PKCE is welcome, never needed.
    pkce: { required: () => false },
    rotateRefreshToken(ctx) {
      const { redirect_uri: redirectUri } = ctx.oidc.body ?? {};
      // As Data Center does, which RFC 6749, section 6 does not ask for.
      const isChecked = flavour.comparesRedirectUriInRefresh;
      if (isChecked && !client.redirectUris.includes(String(redirectUri))) {
        throw new errors.InvalidGrant('redirect_uri');
      }
      return true;
    },
    issueRefreshToken: async (_ctx, { clientId }, source) =>
      clientId === client.clientId &&
      (!flavour.wantsOfflineAccess || source.scopes.has('offline_access')),
    expiresWithSession: () => false,
    // A new grant at each consent, so that nothing agreed to earlier is added in silence.
    loadExistingGrant: async (ctx) => {
      const grantId = ctx.oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : ctx.oidc.provider.Grant.find(grantId);
    },
    extraParams: flavour.wantsAudience
      ? {
          audience: (ctx, audience) => {
            if (audience !== undefined && audience !== 'api.atlassian.com') {
              throw new errors.AccessDenied(`Service not found: ${audience}`);
            }
            const scopes = (ctx.oidc.params?.scope as string | undefined)?.split(' ') ?? [];
            if (!scopes.some((name) => name !== 'offline_access' && knownScopes.includes(name))) {
              throw new errors.InvalidScope(
                'This app has not requested any supported Atlassian scopes.',
                scopes.join(' '),
              );
            }
          },
        }
      : [],
    findAccount: async (_ctx, id) =>
      personById(id) && { accountId: id, claims: () => ({ sub: id }) },
    interactions: { url: (_ctx, { uid }) => `${flavour.interactionPath}${uid}` },
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = errorPage(out.error, out.error_description);
    },
    clientBasedCORS: () => false,
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
    },
    ttl: {
      AccessToken: accessTokenTtl,
      ClientCredentials(ctx) {
        const { scope } = ctx.oidc.params ?? {};
        const problem = flavour.refuseServiceScope(typeof scope === 'string' ? scope : undefined);
        if (problem !== undefined) throw new errors.InvalidScope(problem, String(scope ?? ''));
        return accessTokenTtl;
      },
      AuthorizationCode: 60,
      IdToken: accessTokenTtl,
      Interaction: 3_600,
      Session: day,
      Grant: 365 * day,
      // 90 days from the last use, 365 from the first consent.
      RefreshToken: (_ctx, token) => {
        const age = token.iiat === undefined ? 0 : Math.floor(Date.now() / 1000) - token.iiat;
        return Math.max(1, Math.min(90 * day, 365 * day - age));
      },
    },
    jwks: { keys: [signingKey()] },
    cookies: cookies(issuer, flavour.name),
  };
}

const signingKey = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });

// Cookies don't know ports: two sandboxes on one host must not read each other's.
function cookies(issuer: string, name: string): Configuration['cookies'] {
  const own = `sandbox_${name}_${new URL(issuer).port}`;
  return {
    keys: [randomBytes(32)],
    names: {
      session: `${own}_session`,
      interaction: `${own}_interaction`,
      resume: `${own}_resume`,
    },
  };
}

// Loaded on first use, and its word about Node builds without an LTS name kept from the
// console of whoever starts a sandbox. Nothing else is held back.
async function loadLibrary(): Promise<Library> {
  const { warn } = console;
  console.warn = (...words: unknown[]) => {
    if (!String(words[0]).includes('oidc-provider WARNING: Unsupported runtime')) warn(...words);
  };
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}
