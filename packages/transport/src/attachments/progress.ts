import { RequestError } from '@tributary/pipeline';
import type { RequestsConfluence } from '../answers/requests-confluence.js';

export interface Progress {
  /** Bytes of the attachment so far. An upload that is tried again begins at 0 again. */
  readonly transferred: number;
  /** Bytes in all, where they are known. */
  readonly total: number | undefined;
}

export type Deployment = 'cloud' | 'data-center';

export const DEFAULT_IDLE_TIMEOUT = 30_000;

/** @throws RequestError unless it is a number of ms above 0 that a timer can wait */
export const readIdleTimeout = (value: number = DEFAULT_IDLE_TIMEOUT): number => {
  if (Number.isFinite(value) && value > 0) return value;
  throw new RequestError('idleTimeout', 'must be a number of ms above 0');
};

/**
 * What is said, else what the site is: Cloud and Data Center have different endpoints.
 * @throws RequestError for anything else
 */
export const readDeployment = (
  given: Deployment | undefined,
  { site }: RequestsConfluence,
): Deployment => {
  const value = given ?? site?.deployment ?? 'cloud';
  if (value === 'cloud' || value === 'data-center') return value;
  throw new RequestError('deployment', 'must be cloud or data-center');
};
