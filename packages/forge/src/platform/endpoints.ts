import { ConfigError, normaliseBase, urlUnderBase } from '@tributary/pipeline';
import { currentInvocation } from '@tributary/pipeline/invocation';
import { ownEntry } from '../own-entry.js';
import { checkedPath } from './checked-path.js';
import type { ForgeRequestInit, ForgeResponse } from './forge-fetch.js';
import type { ForgeRuntime } from './forge-runtime.js';
import type { PlatformParts } from './parts.js';
import type { EndpointOptions } from './platform-options.js';
import { proxyAnswer } from './proxy-answer.js';

/** What tells the two kinds apart. */
export interface EndpointKind {
  readonly option: 'remotes' | 'services';
  readonly method: string;
  /** The platform's word for a key that it doesn't know. */
  readonly unknown: string;
}

export const REMOTE: EndpointKind = {
  option: 'remotes',
  method: 'invokeRemote()',
  unknown: 'INVALID_REMOTE',
};

export const SERVICE: EndpointKind = {
  option: 'services',
  method: 'invokeService()',
  unknown: 'INVALID_SERVICE_KEY',
};

const headersOf = async (
  endpoint: EndpointOptions,
  { tracing }: ForgeRuntime,
  init: ForgeRequestInit,
): Promise<Headers> => {
  const headers = new Headers({
    // Forge: "Remote essentials", headers of a request.
    'x-b3-traceid': tracing.traceId,
    'x-b3-spanid': tracing.spanId,
    ...(await endpoint.headers?.(currentInvocation())),
  });
  for (const [name, value] of new Headers(init.headers as HeadersInit | undefined)) {
    headers.set(name, value);
  }
  return headers;
};

/**
 * A request to a backend of the app's own. Redirects are its answers.
 * @throws ConfigError naming the option, where there is none at all
 */
export const callEndpoint = async (
  { option, method, unknown }: EndpointKind,
  key: string,
  path: string,
  init: ForgeRequestInit = {},
  { options, fetch }: PlatformParts,
  runtime: ForgeRuntime,
): Promise<ForgeResponse> => {
  const table = options[option];
  if (table === undefined) {
    throw new ConfigError(option, `${method} needs a table: { '${key}': { url, headers } }`);
  }
  const endpoint = ownEntry(table, key);
  if (endpoint === undefined) return proxyAnswer(400, unknown);
  const base = normaliseBase(endpoint.url, `${option}.${key}.url`);
  const route = checkedPath(path, true);
  return fetch(urlUnderBase(base, route.value, route.template), {
    ...(init as RequestInit),
    headers: await headersOf(endpoint, runtime, init),
    redirect: 'manual',
  });
};
