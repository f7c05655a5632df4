import {
  type AttemptCall,
  type AuthenticatedCall,
  type Call,
  createPipeline,
  type Middleware,
  noRetry,
  normaliseBase,
  type RequestOptions,
  type ResolvedCall,
  readRequestOptions,
  Secret,
  type Terminal,
} from '@tributary/pipeline';
import { type Route, requireRoute } from '@tributary/route';
import { makeCall, staticProvider } from '@tributary/testing';
import type { RequestsConfluence } from '../../src/answers/requests-confluence.js';
import { kyTerminal } from '../../src/index.js';

export interface TestApi extends RequestsConfluence, AsyncDisposable {
  /** Path and template of each call, in order. */
  readonly calls: Call[];
}

export interface TestApiOptions {
  /** Where calls go, with its path prefix. */
  readonly base: string;
  readonly authorization?: string;
  readonly retry?: Middleware<ResolvedCall, AttemptCall>;
  readonly terminal?: Terminal;
  readonly deployment?: 'cloud' | 'data-center';
}

export const SECRET = 'Bearer hush-hush';

/** What `api.asApp()` of the client is, as short as it goes: this package may not import that one. */
export const testApi = (options: TestApiOptions): TestApi => {
  const base = normaliseBase(options.base, 'base');
  const { authorization = SECRET, retry = noRetry, terminal = kyTerminal() } = options;
  const provider = staticProvider({ base, authorization });
  const resolve: Middleware<Call, ResolvedCall> = {
    name: 'resolve',
    wrap: (next) => (call) => next({ ...call, provider, base }),
  };
  const auth: Middleware<AttemptCall, AuthenticatedCall> = {
    name: 'auth',
    wrap: (next) => (call) =>
      next({ ...call, credential: { authorization: new Secret(authorization), base } }),
  };
  const pipeline = createPipeline({ resolve, retry, auth, transport: terminal });
  const calls: Call[] = [];
  const site = { deployment: options.deployment ?? 'cloud', url: base } as const;
  return {
    calls,
    site,
    requestConfluence(path: Route, given?: RequestOptions) {
      const { value, template } = requireRoute(path);
      try {
        const { timeout: _, ...request } = readRequestOptions(given, { kind: 'app' }, template);
        const call = makeCall({ ...request, site, path: value, template });
        calls.push(call);
        return pipeline.send(call);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    [Symbol.asyncDispose]: () => pipeline[Symbol.asyncDispose](),
  };
};
