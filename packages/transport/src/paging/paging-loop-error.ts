import { TributaryError } from '@tributary/pipeline';

/**
 * A list leads back to a page that was read already. An error, not an end: a list that stops early looks
 * like a shorter list.
 */
export class PagingLoopError extends TributaryError {
  override name = 'PagingLoopError';

  constructor(message: string, options: { readonly template?: string } = {}) {
    super(message, { code: 'PAGING_LOOP', sent: 'yes', ...options });
  }
}
