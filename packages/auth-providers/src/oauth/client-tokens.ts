import {
  type AuthProvider,
  type Call,
  ConfigError,
  type Credential,
  type ProviderServices,
  type ResolvedCall,
  revealSecret,
  Secret,
  type Site,
} from '@tributary/pipeline';
import { accountByBase, currentUser, dataCenterUser } from '../providers/own-account.js';
import { isSameSecret } from '../same-text.js';
import { waitFor } from '../wait-for.js';
import { askTwice } from './ask-twice.js';
import type { OAuthClient } from './client-config.js';
import { GrantRefreshError } from './grant-refresh-error.js';
import { renewAhead } from './renew-ahead.js';
import { timeLimit } from './time-limit.js';
import type { TokenRefusal } from './token-answer.js';
import { type TokenEndpoint, tokenEndpoint } from './token-endpoint.js';
import { describeRefusal, isPassing, refusalError } from './token-refusal.js';
import { isDue, isEnding, isFresh } from './token-times.js';

/** The shared request's own time limit: callers come and go. */
const REQUEST_MS = 30_000;

export interface ClientTokensConfig {
  readonly client: OAuthClient;
  /** Sent as they are; none where there are none. */
  readonly scopes: readonly string[];
  readonly tokenServerOf: (site: Site) => { readonly issuer: string; readonly url: string };
  readonly endpoint: AuthProvider['endpoint'];
}

export interface ClientTokens {
  credential(call: ResolvedCall): Credential | Promise<Credential>;
  renew(
    call: ResolvedCall,
    rejected: Credential,
    response: Response,
  ): Promise<Credential | 'unchanged'>;
  account(call: Call): Promise<string | undefined>;
}

interface Token {
  readonly authorization: Secret;
  readonly obtainedAt: number;
  readonly expiresAt: number;
}

/** One token for each site and authorization server, however many callers want it. */
export const clientTokens = (
  { client, scopes, tokenServerOf, endpoint }: ClientTokensConfig,
  services: ProviderServices,
): ClientTokens => {
  const { clock } = services;
  const held = new Map<string, SiteToken>();
  const ahead = renewAhead(services);

  const heldFor = (site: Site): SiteToken => {
    const { issuer, url } = tokenServerOf(site);
    const id = `${issuer} ${site.url}`;
    const known = held.get(id);
    if (known !== undefined) return known;
    const created = siteToken(tokenEndpoint({ issuer, url, client }, services), scopes, services);
    held.set(id, created);
    return created;
  };

  const tokens: ClientTokens = {
    credential({ site, base, ...patience }) {
      const { latest, request, times, issuer } = heldFor(site);
      const token = latest();
      if (token === undefined || isDue(token, times.now())) {
        const work = request().then((fresh) => credentialOf(fresh, base, times));
        return waitFor(work, patience, clock);
      }
      if (isEnding(token, times.now())) ahead(`${issuer} ${site.url}`, issuer, request);
      return credentialOf(token, base, times);
    },

    async renew({ site, base, ...patience }, rejected, response) {
      const { latest, request, times } = heldFor(site);
      const token = latest();
      if (token !== undefined) {
        const isRejected = isSameSecret(token.authorization, rejected.authorization);
        const isUsable = !isDue(token, times.now());
        if (isUsable && !isRejected) return credentialOf(token, base, times);
        // Another one would be refused for the same reason.
        if (isFresh(token, times.now(), response)) return 'unchanged';
      }
      return credentialOf(await waitFor(request(), patience, clock), base, times);
    },

    account: accountByBase(services, endpoint, async (base, call) => {
      const { latest, request, times } = heldFor(call.site);
      const token = latest();
      const { authorization } =
        token === undefined || isDue(token, times.now()) ? await request() : token;
      const ask = call.site.deployment === 'cloud' ? currentUser : dataCenterUser;
      return ask(services, base, authorization);
    }),
  };
  return tokens;
};

const credentialOf = (token: Token, base: string, times: TokenEndpoint['clock']): Credential => ({
  authorization: token.authorization,
  base,
  expiresAt: times.local(token.expiresAt),
});

interface SiteToken {
  readonly issuer: string;
  readonly times: TokenEndpoint['clock'];
  readonly latest: () => Token | undefined;
  /** A new token; who asks meanwhile gets the same. */
  readonly request: () => Promise<Token>;
}

const siteToken = (
  endpoint: TokenEndpoint,
  scopes: readonly string[],
  { clock }: Pick<ProviderServices, 'clock'>,
): SiteToken => {
  let latest: Token | undefined;
  let flight: Promise<Token> | undefined;

  const obtain = async (): Promise<Token> => {
    const limit = timeLimit(clock, REQUEST_MS);
    try {
      const ask = (signal: AbortSignal) => endpoint.clientCredentials(scopes, signal);
      const answer = await askTwice(ask, limit.signal, unobtained);
      if ('refusal' in answer) throw refused(answer.refusal);
      const { accessToken, obtainedAt, expiresAt } = answer.reply;
      const authorization = new Secret(`Bearer ${revealSecret(accessToken)}`);
      latest = { authorization, obtainedAt, expiresAt };
      return latest;
    } finally {
      limit.end();
    }
  };

  return {
    issuer: endpoint.issuer,
    times: endpoint.clock,
    latest: () => latest,
    request() {
      if (flight === undefined) {
        flight = obtain().finally(() => {
          flight = undefined;
        });
        // All its callers may have given up by the time it fails.
        flight.catch(() => {});
      }
      return flight;
    },
  };
};

const unobtained = (what: string, cause?: unknown): GrantRefreshError =>
  new GrantRefreshError(
    `No access token could be obtained (${what}); the same call may succeed later.`,
    { cause },
  );

const refused = (refusal: TokenRefusal): Error => {
  const words = describeRefusal(refusal);
  if (refusal.error === 'invalid_scope') {
    return new ConfigError(
      'scopes',
      `the authorization server refuses them (${words}); give those that the service account has`,
    );
  }
  return isPassing(refusal) ? unobtained(words) : refusalError(refusal);
};
