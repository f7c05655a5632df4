import { ConfigError } from '@tributary/pipeline';

/** What `@forge/api` says of a request to Forge's own fetch (`@forge/api` 8, out/api/fetch). */
export interface PlatformRequest {
  readonly type: 'fpp';
  readonly provider: 'app' | 'user' | 'none';
  readonly remote: string;
  readonly accountId?: string | undefined;
}

export type PlatformFetch = (
  request: PlatformRequest,
  path: string,
  init: RequestInit,
) => Promise<Response>;

const runtime = globalThis as {
  readonly __forge_fetch__?: unknown;
  readonly __forge_runtime__?: { readonly aaid?: unknown } | undefined;
};

/** Whether this is Forge's runtime, or something that stands in for it. */
export const isInForge = (): boolean => typeof runtime.__forge_fetch__ === 'function';

/** @throws ConfigError outside Forge's runtime. */
export const platformFetch = (): PlatformFetch => {
  if (isInForge()) return runtime.__forge_fetch__ as PlatformFetch;
  throw new ConfigError(
    'inForge',
    'there is no Forge runtime here; ask isInForge(), and configure credentials of your own where it says no',
  );
};

/** The account of whoever is invoking, which Forge keeps per invocation. */
export const invokingAccount = (): string | undefined => {
  const aaid = runtime.__forge_runtime__?.aaid;
  return typeof aaid === 'string' && aaid !== '' ? aaid : undefined;
};
