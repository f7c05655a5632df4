import { TributaryError } from '@tributary/pipeline';

/** The grant or token could not be renewed for a reason that may pass. A grant is kept; the call was not sent. */
export class GrantRefreshError extends TributaryError {
  override name = 'GrantRefreshError';

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { code: 'GRANT_REFRESH_FAILED', retryable: true, ...options });
  }
}

/** For what may pass, and cost nothing but time. */
export const refreshError = (what: string, cause?: unknown): GrantRefreshError =>
  new GrantRefreshError(
    `The grant could not be renewed (${what}); it is kept, and the same call may succeed later.`,
    { cause },
  );
