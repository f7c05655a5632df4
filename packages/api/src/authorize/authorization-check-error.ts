import { TributaryError } from '@tributary/pipeline';

/** A permission check got no clear answer, which is neither yes nor no. */
export class AuthorizationCheckError extends TributaryError {
  override name = 'AuthorizationCheckError';
  /** The status that came instead of a 200 with an answer. */
  readonly status: number | undefined;

  constructor(
    message: string,
    options: {
      readonly status?: number;
      readonly template?: string;
      readonly cause?: unknown;
    } = {},
  ) {
    const { status, ...rest } = options;
    super(message, { code: 'AUTHORIZATION_CHECK_FAILED', sent: 'yes', ...rest });
    this.status = status;
  }

  protected override details(): Record<string, unknown> {
    return { status: this.status };
  }
}
