import type { Clock, Random } from '@tributary/pipeline';

/** What one call may say of its own retries; `false` means a single attempt. */
export interface RetryCallOptions {
  /** The call may be made twice without harm, whatever its method. Default: by method. */
  readonly idempotent?: boolean;
  /** Attempts in total. Default: the middleware's. */
  readonly limit?: number;
  /** The longest single wait, in ms. Default: the middleware's. */
  readonly maxWait?: number;
}

declare module '@tributary/pipeline' {
  interface CallOptions {
    /** Retries of this call; `false` for a single attempt. */
    readonly retry?: RetryCallOptions | false;
  }
}

export interface RetryOptions {
  readonly limit?: number;
  readonly baseDelay?: number;
  readonly maxDelay?: number;
  readonly maxWait?: number;
  readonly clock?: Clock;
  readonly random?: Random;
}
