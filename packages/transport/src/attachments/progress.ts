import { RequestError } from '@tributary/pipeline';

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

/** @throws RequestError for anything else, since Cloud and Data Center have different endpoints */
export const readDeployment = (value: Deployment = 'cloud'): Deployment => {
  if (value === 'cloud' || value === 'data-center') return value;
  throw new RequestError('deployment', 'must be cloud or data-center');
};
