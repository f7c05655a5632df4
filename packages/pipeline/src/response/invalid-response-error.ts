import { TributaryError } from '../errors/tributary-error.js';

/** The answer is a success, but not what its endpoint promises: no list, no JSON, another range. */
export class InvalidResponseError extends TributaryError {
  override name = 'InvalidResponseError';

  constructor(
    message: string,
    options: { readonly template?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, { code: 'RESPONSE_INVALID', sent: 'yes', ...options });
  }
}
