import type { AuthProvider } from '../credentials/auth-provider.js';
import type { Credential } from '../credentials/credential.js';
import type { Invocation } from '../invocation/invocation.js';
import type { CallBody } from './body.js';
import type { Principal } from './principal.js';
import type { Site } from './site.js';

/**
 * Per-call settings of middlewares. Each middleware adds one key of its own:
 * `declare module '@tributary/pipeline' { interface CallOptions { retry?: RetryCallOptions } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is filled by declaration merging
export interface CallOptions {}

/** One operation as its caller meant it: plain data, no Request and no Headers. */
export interface Call<P extends Principal = Principal> {
  readonly product: 'confluence' | 'jira' | 'bitbucket' | 'graph';
  readonly site: Site;
  readonly principal: P;
  /** Captured by `asApp()`/`asUser()`: nothing below the facade reads AsyncLocalStorage. */
  readonly invocation?: Invocation;
  /** Path and query, as a Route held them; begins with `/`. */
  readonly path: string;
  /** `/wiki/api/v2/pages/{}`: the only path that logs, spans and errors may show. */
  readonly template: string;
  readonly method: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: CallBody;
  readonly redirect: 'follow' | 'manual' | 'error';
  readonly signal?: AbortSignal;
  /** On the clock's monotonic scale, in ms; covers all attempts, until the response's headers. */
  readonly deadline?: number;
  readonly options: CallOptions;
}

/** A call that knows who answers for its principal, and at which base URL. */
export interface ResolvedCall<P extends Principal = Principal> extends Call<P> {
  readonly provider: AuthProvider;
  /** Normalised href ending in `/`: the only place that the credential may go to. */
  readonly base: string;
}

/** One try of a call: 1, 2, …; only the retry slot counts. */
export interface AttemptCall<P extends Principal = Principal> extends ResolvedCall<P> {
  readonly attempt: number;
  /** Ms that the call has waited so far, for other attempts and for permits. Absent for none. */
  readonly waitedMs?: number;
}

/** An attempt with its credential, if there is one. */
export interface AuthenticatedCall<P extends Principal = Principal> extends AttemptCall<P> {
  readonly credential: Credential | undefined;
}
