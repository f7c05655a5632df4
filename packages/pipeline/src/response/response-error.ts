import { TributaryError } from '../errors/tributary-error.js';

/** The server answered with an error status, and `ensureOk` was told to mind. */
export class ResponseError extends TributaryError {
  override name = 'ResponseError';
  readonly status: number;
  /** Confluence's own words, control characters escaped; undefined where it gave none. */
  readonly title: string | undefined;
  readonly detail: string | undefined;
  /** `atl-traceid`, for Atlassian's support. */
  readonly traceId: string | undefined;

  constructor(
    message: string,
    options: {
      readonly status: number;
      readonly title?: string | undefined;
      readonly detail?: string | undefined;
      readonly traceId?: string | undefined;
      readonly template?: string | undefined;
      readonly attempts?: number;
    },
  ) {
    const { status, title, detail, traceId, ...rest } = options;
    super(message, {
      code: 'RESPONSE_NOT_OK',
      sent: 'yes',
      retryable: status === 429 || status >= 502,
      ...rest,
    });
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.traceId = traceId;
  }

  protected override details(): Record<string, unknown> {
    return { status: this.status, title: this.title, detail: this.detail, traceId: this.traceId };
  }
}
