import type { Sent } from '@tributary/pipeline';

/** What a failure's code tells, and what to do about it. */
export interface NetworkFailure {
  readonly sent: Sent;
  readonly retryable: boolean;
  readonly advice: string;
}

export const UNKNOWN_FAILURE: NetworkFailure = {
  sent: 'unknown',
  retryable: true,
  advice: 'look whether the call took effect before you repeat a write',
};
