import { TributaryError, type TributaryErrorOptions } from '@tributary/pipeline';

/** Calls to a server that kept failing are held back for a while, and this attempt was not sent. */
export class ServerUnavailableError extends TributaryError {
  override name = 'ServerUnavailableError';
  /** Ms until one call is let through to see whether the server is back. */
  readonly retryAfterMs: number;

  constructor(
    retryAfterMs: number,
    options: Pick<TributaryErrorOptions, 'attempts' | 'waitedMs' | 'sent' | 'template'>,
  ) {
    super(
      `The server kept failing, and calls to it are held back; try again in ${Math.ceil(retryAfterMs / 1000)} s.`,
      { code: 'SERVER_UNAVAILABLE', retryable: true, ...options },
    );
    this.retryAfterMs = retryAfterMs;
  }

  protected override details(): Record<string, unknown> {
    return { retryAfterMs: this.retryAfterMs };
  }
}
