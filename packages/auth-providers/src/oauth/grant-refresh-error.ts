import { TributaryError } from '@tributary/pipeline';

/** The grant could not be renewed for a reason that may pass. It is kept, and the call was not sent. */
export class GrantRefreshError extends TributaryError {
  override name = 'GrantRefreshError';

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { code: 'GRANT_REFRESH_FAILED', retryable: true, ...options });
  }
}
