/** How one attempt ended. */
export type RetryOutcome =
  | {
      readonly response: Pick<Response, 'status' | 'headers'>;
      /** The first 8 KiB of the body; read of a 409 only, and only if the call may be sent twice. */
      readonly text?: string;
      readonly error?: never;
    }
  | { readonly error: unknown; readonly response?: never; readonly text?: never };

/** What a strategy may know of the attempt that ended; its body can be sent again, or nobody is asked. */
export interface RetryAttempt {
  /** 1, 2, … */
  readonly number: number;
  readonly method: string;
  /** By its method, or since its caller says so. */
  readonly isIdempotent: boolean;
  /** Epoch ms. */
  readonly nowMs: number;
}

/** Another attempt: not before what the server said, or after a wait of our own. */
export type RetryPlan =
  | { readonly afterMs: number; readonly baseDelay?: never }
  | {
      /** Ms, instead of the middleware's. */
      readonly baseDelay?: number;
      readonly afterMs?: never;
    };

/**
 * Whether an outcome is worth another attempt, and when; `undefined` where it has no opinion. Pure.
 * Asked about failures and about statuses that are not ok.
 */
export type RetryStrategy = (attempt: RetryAttempt, outcome: RetryOutcome) => RetryPlan | undefined;
