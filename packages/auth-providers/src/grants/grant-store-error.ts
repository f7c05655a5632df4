import { escapeControl, TributaryError } from '@tributary/pipeline';

export interface GrantStoreErrorOptions {
  /** Whether the store may answer later. Default false. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** The database that keeps the grants did not do what it was asked. What was stored is kept. */
export class GrantStoreError extends TributaryError {
  override name = 'GrantStoreError';

  constructor(message: string, options: GrantStoreErrorOptions = {}) {
    super(message, { code: 'GRANT_STORE_FAILED', ...options });
  }
}

/** A driver's own words for what went wrong: hosts and codes, no more than a line. */
export const wordsOf = (error: unknown): string => {
  // Node tries each address of a host, and says so in an error without a message.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  return first instanceof Error ? escapeControl(first.message).slice(0, 200) : 'no reason given';
};
