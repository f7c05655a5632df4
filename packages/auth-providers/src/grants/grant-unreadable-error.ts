import { TributaryError } from '@tributary/pipeline';

/** A row can't be read: sealed with a key that is not given, or for another row, damaged, or of a later version. It is kept. */
export class GrantUnreadableError extends TributaryError {
  override name = 'GrantUnreadableError';

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { code: 'GRANT_UNREADABLE', ...options });
  }
}
