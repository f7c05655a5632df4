import { TributaryError } from '@tributary/pipeline';

/** The app was given no token for a user who is not there. Nothing was sent to Confluence. */
export class OfflineUserError extends TributaryError {
  override name = 'OfflineUserError';
  /** The status of the GraphQL gateway's answer, where there was one. */
  readonly status: number | undefined;

  constructor(
    message: string,
    options: {
      readonly status?: number;
      readonly retryable?: boolean;
      readonly template?: string;
      readonly cause?: unknown;
    } = {},
  ) {
    const { status, ...rest } = options;
    super(message, { code: 'OFFLINE_USER_REFUSED', ...rest });
    this.status = status;
  }

  protected override details(): Record<string, unknown> {
    return { status: this.status };
  }
}
