import {
  ConfigError,
  type Invocation,
  NeedsAuthenticationError,
  PrincipalError,
  RequestError,
  type RequestOptions,
} from '@tributary/pipeline';
import {
  createInvocation,
  currentInvocation,
  runInInvocation,
} from '@tributary/pipeline/invocation';
import type { Route } from '@tributary/route';
import { rememberConsent } from '../consent/pending-consents.js';
import { checkedPath } from './checked-path.js';
import { readContextAri } from './context-ari.js';
import type {
  ContextMeta,
  ForgeProvider,
  ForgeRemote,
  ForgeRequestInit,
  ForgeResponse,
  ProductMeta,
} from './forge-fetch.js';
import { invocationCopy } from './invocation-copy.js';
import { detailsOf } from './invocation-details.js';
import type { PlatformParts } from './parts.js';
import type { PlatformClient } from './platform-options.js';
import { proxyAnswer } from './proxy-answer.js';
import { readInit } from './request-init.js';
import { checkScopes } from './scope-preflight.js';

type Request = (path: Route, options: RequestOptions) => Promise<ForgeResponse>;

const METHODS = {
  confluence: 'requestConfluence',
  jira: 'requestJira',
  bitbucket: 'requestBitbucket',
  stargate: 'requestAtlassian',
} as const;

/**
 * Also where one person's credential could answer: in Forge it wouldn't.
 * @throws PrincipalError in an invocation of a Forge app that nobody made
 */
const refuseNobody = (invocation: Invocation | undefined): void => {
  if (invocation?.surface !== 'forge' || invocation.user !== undefined) return;
  const { moduleType = 'such a module' } = detailsOf(invocation);
  throw new PrincipalError(
    `asUser() needs an invoking user, and ${moduleType} is invoked by nobody; call asApp(), or asUser(accountId) where the app may impersonate`,
  );
};

/** @throws PrincipalError as the user, where nobody is invoking */
const requestAs = (
  { api }: PlatformClient,
  provider: ForgeProvider,
  remote: ForgeRemote,
  accountId: string | undefined,
): Request => {
  if (provider === 'app') return api.asApp()[METHODS[remote]];
  if (provider === 'user') return api.asUser(accountId || undefined)[METHODS[remote]];
  if (remote !== 'stargate') return api[METHODS[remote]];
  throw new ConfigError('provider', 'the API that sites have in common is called as app or user');
};

/**
 * Runs `work` where calls go to the site of that cloudId: as it is where that is the invocation's own.
 * @throws ConfigError for a site that nobody gave
 */
const atSite = <T>(
  cloudId: string | undefined,
  { client, options }: PlatformParts,
  work: () => T,
): T => {
  const invocation = currentInvocation();
  const own = invocation?.site ?? client.site;
  if (cloudId === undefined || own?.cloudId?.toLowerCase() === cloudId.toLowerCase()) return work();
  const site = options.sites?.(cloudId);
  if (site === undefined) {
    throw new ConfigError(
      'sites',
      own?.cloudId === undefined
        ? 'withContext() names a site by its cloudId, and that of the own site is not known; give cloud(url, { cloudId }), and sites for others'
        : 'withContext() names another site than the own; give a function that knows it by its cloudId',
    );
  }
  const there = invocation
    ? invocationCopy(invocation, { site })
    : createInvocation({ surface: 'background', site });
  return runInInvocation(there, work);
};

const targetOf = (meta: ProductMeta | ContextMeta) =>
  'contextAri' in meta
    ? readContextAri(meta.contextAri)
    : { remote: meta.remote, cloudId: undefined };

/** The client's own words name an option of the client's; here there is one for it. */
const bitbucketError = (error: unknown): unknown =>
  error instanceof RequestError && error.field === 'product'
    ? new ConfigError(
        'bitbucket',
        "requestBitbucket() needs a client of its own, whose credential has base: 'bitbucket'",
        { cause: error },
      )
    : error;

/** A call to a product, once: retries and waiting are not Forge's. */
export const callProduct = async (
  parts: PlatformParts,
  meta: ProductMeta | ContextMeta,
  path: string,
  init: ForgeRequestInit | undefined,
): Promise<ForgeResponse> => {
  const { client, options, warn } = parts;
  const { remote, cloudId } = targetOf(meta);
  if (!Object.hasOwn(METHODS, remote)) return proxyAnswer(400, 'INVALID_REMOTE');
  const route = checkedPath(path, remote === 'bitbucket');
  const invocation = currentInvocation();
  if (meta.provider === 'user' && !meta.accountId) refuseNobody(invocation);
  await checkScopes(parts, remote, path, init?.method?.toUpperCase() ?? 'GET');
  const { deployment } = invocation?.site ?? client.site ?? {};
  const request: RequestOptions = {
    ...readInit(init, { provider: meta.provider, deployment, warn }),
    retry: options.retry ?? false,
    ...(!options.budget && { budget: false }),
    ...(options.timeout !== undefined && { timeout: options.timeout }),
  };
  const answering = remote === 'bitbucket' ? (options.bitbucket ?? client) : client;
  try {
    return await atSite(cloudId, parts, () =>
      requestAs(answering, meta.provider, remote, meta.accountId)(route, request),
    );
  } catch (error) {
    if (!(error instanceof NeedsAuthenticationError)) {
      throw remote === 'bitbucket' && !options.bitbucket ? bitbucketError(error) : error;
    }
    if (invocation !== undefined) rememberConsent(invocation, error);
    return proxyAnswer(401, 'NEEDS_AUTHENTICATION_ERR');
  }
};
