import {
  ConfigError,
  type Invocation,
  NeedsAuthenticationError,
  normaliseBase,
  revealSecret,
  urlUnderBase,
} from '@tributary/pipeline';
import { currentInvocation } from '@tributary/pipeline/invocation';
import type { ConsentSource } from '../consent/pending-consents.js';
import { ownEntry } from '../own-entry.js';
import { checkedPath } from './checked-path.js';
import type { ExternalAuthMeta, ForgeRequestInit, ForgeResponse } from './forge-fetch.js';
import type { ForgeExternalAuth } from './forge-runtime.js';
import type { PlatformParts } from './parts.js';
import type { ExternalAuthOptions, ForgePlatformOptions } from './platform-options.js';
import { proxyAnswer } from './proxy-answer.js';

/** `@forge/api` looks for a provider and says that there is none, but not what would bring one. */
class KnownProviders extends Array<ForgeExternalAuth> {
  static override get [Symbol.species]() {
    return Array;
  }

  override find(
    isWanted: (provider: ForgeExternalAuth, at: number, all: ForgeExternalAuth[]) => unknown,
  ) {
    const found = super.find(isWanted);
    if (found !== undefined) return found;
    const known = this.map(({ service }) => service).join(', ') || 'none';
    throw new Error(
      `Bad provider or missing config for provider: outside Forge, describe it in the option externalAuth (there: ${known}).`,
    );
  }
}

/** What the runtime lists: the configured third parties, with the accounts of whoever is invoking. */
export const listProviders = (
  configured: ForgePlatformOptions['externalAuth'] = {},
): readonly ForgeExternalAuth[] => {
  const list = Object.entries(configured).map(([service, { remotes, accounts }]) => ({
    service,
    remotes: Object.entries(remotes).map(([key, baseUrl]) => ({ key, baseUrl })),
    accounts: accounts(currentInvocation()),
  }));
  return KnownProviders.from(list);
};

/** @throws ConfigError naming the option */
const configOf = (
  options: ForgePlatformOptions,
  { provider, remote }: ExternalAuthMeta,
): { readonly config: ExternalAuthOptions; readonly base: string } => {
  const config = ownEntry(options.externalAuth, provider);
  const url = ownEntry(config?.remotes, remote);
  const field = `externalAuth.${provider}`;
  if (config === undefined || url === undefined) {
    throw new ConfigError(
      field,
      `is not described, or has no remote ${remote}; give { remotes, accounts, authorization }`,
    );
  }
  return { config, base: normaliseBase(url, `${field}.remotes.${remote}`) };
};

/**
 * A request to a third party with a token of the user's. The token goes nowhere but below the remote's
 * base URL; fetch itself leaves it out of a redirect to another origin.
 */
export const callExternal = async (
  { options, fetch, warn }: PlatformParts,
  meta: ExternalAuthMeta,
  path: string,
  init: ForgeRequestInit = {},
): Promise<ForgeResponse> => {
  const { config, base } = configOf(options, meta);
  const route = checkedPath(path, true);
  const { accountId, remote } = meta;
  const request = { accountId, remote, invocation: currentInvocation() };
  if (config.request !== undefined) {
    const response = await config.request(request, route, init, warn);
    return response ?? proxyAnswer(401, 'NEEDS_AUTHENTICATION_ERR');
  }
  const authorization = await config.authorization?.(request);
  if (authorization === undefined) return proxyAnswer(401, 'NEEDS_AUTHENTICATION_ERR');
  const headers = new Headers(init.headers as HeadersInit | undefined);
  headers.set('authorization', revealSecret(authorization));
  return fetch(urlUnderBase(base, route.value, route.template), {
    ...(init as RequestInit),
    headers,
  });
};

/** Before a function runs: who the invoking user is with each third party. */
export const learnExternal = async (
  externalAuth: ForgePlatformOptions['externalAuth'] = {},
  invocation: Invocation,
): Promise<void> => {
  await Promise.all(Object.values(externalAuth).map((config) => config.learn?.(invocation)));
};

/** How to ask for a third party: as its option says. */
export const externalConsent =
  ({ externalAuth }: ForgePlatformOptions): ConsentSource =>
  (serviceKey, scopes, invocation) => {
    const request = ownEntry(externalAuth, serviceKey)?.consent?.({ scopes, invocation });
    if (request === undefined) return undefined;
    const error = new NeedsAuthenticationError({ serviceKey });
    error.learn(request);
    invocation.note(error);
    return error;
  };
