import { TributaryError } from '@tributary/pipeline';

/** Forge's proxy answered instead of the product. Name, status and errorCode are those of Forge's error. */
export class ProxyRequestError extends TributaryError {
  override name = 'PROXY_ERR';
  readonly status: number;
  /** The value of `forge-proxy-error`. */
  readonly errorCode: string;

  constructor(
    status: number,
    errorCode: string,
    options: { readonly template?: string; readonly attempts?: number } = {},
  ) {
    super(`Forge's proxy refused the request: ${errorCode} (status ${status}).`, {
      code: 'PROXY_ERR',
      sent: 'unknown',
      retryable: status === 429 || status >= 500,
      ...options,
    });
    this.status = status;
    this.errorCode = errorCode;
  }

  protected override details(): Record<string, unknown> {
    return { status: this.status, errorCode: this.errorCode };
  }
}
