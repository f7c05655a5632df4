import {
  type AuthProvider,
  type AuthProviderFactory,
  type Call,
  type Credential,
  escapeControl,
  type Grant,
  type GrantKey,
  type InvokingUser,
  PrincipalError,
  revealSecret,
  Secret,
  type Site,
} from '@tributary/pipeline';
import { requireCloud } from '../providers/check-deployment.js';
import { isSameSecret } from '../same-text.js';
import { gatewayBases } from '../sites/product-base.js';
import { waitFor } from '../wait-for.js';
import { authorizationFlow } from './authorization-flow.js';
import type { RefreshGrant } from './grant-refresher.js';
import type { Granting } from './granting.js';
import { type OAuthOptions, readOAuthConfig } from './oauth-config.js';

/** A token that ends on the way is refused, and a stream's body can't be sent twice. */
const MARGIN_MS = 10_000;

const checkSite = (site: Site): void =>
  requireCloud(site, 'oauth()', 'use personalAccessToken({ token })');

/**
 * Each user's own grant: Atlassian's OAuth 2.0 (3LO), with refresh and rotation.
 * @throws ConfigError naming the option.
 */
export const oauth = (options: OAuthOptions): AuthProviderFactory => {
  const config = readOAuthConfig(options);
  const { issuer, clientId } = config;

  return (services) => {
    const { clock, grants, links } = services;
    const bases = gatewayBases(services);

    let granting: Granting | undefined;
    const loadGranting = async (): Promise<Granting> => {
      const { createGranting } = await import('./granting.js');
      granting ??= createGranting(config, services);
      return granting;
    };
    const refresh: RefreshGrant = async (key, isStale) =>
      (await loadGranting()).refresh(key, isStale);

    /** The invoking user's account, from a verified source or from their own consent: never another's. */
    const account = async (call: Call): Promise<string | undefined> => {
      const user = invokingUser(call);
      const own = user.accountId ?? (await links.read({ issuer, clientId, userId: user.id }));
      const wanted = call.principal.kind === 'user' ? call.principal.accountId : undefined;
      if (wanted !== undefined && own !== undefined && wanted !== own) {
        throw new PrincipalError(
          "asUser(accountId) names another account than the invoking user's, and oauth() can't act for others",
          call.template,
        );
      }
      return own;
    };

    const keyOf = async (call: Call): Promise<GrantKey | undefined> => {
      const accountId = await account(call);
      return accountId === undefined ? undefined : { issuer, clientId, accountId };
    };

    const isDue = (grant: Grant): boolean => {
      const life = grant.expiresAt - grant.obtainedAt;
      return grant.expiresAt - Math.min(MARGIN_MS, life / 10) <= clock.now();
    };

    return Object.freeze<AuthProvider>({
      kind: 'oauth',
      endpoint: bases.base,
      checkSite,
      account,

      async credential(call) {
        const key = await keyOf(call);
        const stored = key && (await grants.read(key));
        if (key === undefined || stored === undefined) return undefined;
        requireGranted(stored, call, await bases.cloudId(call.site));
        const grant = isDue(stored) ? await waitFor(refresh(key, isDue), call, clock) : stored;
        return grant && credentialOf(grant, call.base);
      },

      async renew(call, rejected) {
        const key = await keyOf(call);
        if (key === undefined) return undefined;
        const wasRejected = (grant: Grant) =>
          isSameSecret(authorizationOf(grant), rejected.authorization) || isDue(grant);
        const grant = await waitFor(refresh(key, wasRejected), call, clock);
        return grant && credentialOf(grant, call.base);
      },

      authorization(call) {
        const { id: userId, accountId: vouched } = invokingUser(call);
        const wanted = call.principal.kind === 'user' ? call.principal.accountId : undefined;
        const accountId = vouched ?? wanted;
        return authorizationFlow(config, loadGranting, {
          site: call.site,
          userId,
          ...(accountId !== undefined && { accountId }),
        });
      },
    });
  };
};

const invokingUser = ({ principal, invocation, template }: Call): InvokingUser => {
  if (principal.kind !== 'user') {
    throw new PrincipalError(
      'oauth() acts for users only; for asApp() configure another credential as app',
      template,
    );
  }
  if (invocation?.user !== undefined) return invocation.user;
  throw new PrincipalError(
    'asUser() needs an invoking user, and there is none here; call it inside an invocation with one',
    template,
  );
};

const authorizationOf = (grant: Grant): Secret =>
  new Secret(`Bearer ${revealSecret(grant.accessToken)}`);

const credentialOf = (grant: Grant, base: string): Credential => ({
  authorization: authorizationOf(grant),
  base,
  expiresAt: grant.expiresAt,
});

/** Atlassian gives one grant per app and account over the sites that the person chose. */
const requireGranted = (grant: Grant, call: Call, cloudId: string): void => {
  if (grant.sites.some((site) => site.cloudId.toLowerCase() === cloudId.toLowerCase())) return;
  const granted = grant.sites.map(({ url }) => escapeControl(url)).join(', ');
  throw new PrincipalError(
    `The user's grant does not cover ${call.site.url}; it covers ${granted || 'no site'}. Use one of these, or have the user grant again and choose this site.`,
    call.template,
  );
};
