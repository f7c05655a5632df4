import { escapeControl } from '../secrets/redact.js';
import { type Sent, TributaryError } from './tributary-error.js';

interface WireErrorOptions {
  readonly attempts: number;
  readonly waitedMs?: number;
  readonly template: string;
  readonly sent?: Sent;
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** The connection failed before or instead of a response. */
export class NetworkError extends TributaryError {
  override name = 'NetworkError';

  constructor(message: string, options: WireErrorOptions) {
    super(message, { code: 'NETWORK_FAILED', sent: 'unknown', retryable: true, ...options });
  }
}

/** The call's deadline passed, retries included, before the response's headers came. */
export class TimeoutError extends TributaryError {
  override name = 'TimeoutError';

  constructor(message: string, options: WireErrorOptions) {
    super(message, { code: 'TIMEOUT', sent: 'unknown', retryable: true, ...options });
  }
}

/**
 * Which limit was hit: the app's quota over all tenants, its quota at one, or that of requests a
 * second; 'unknown' where the server did not say.
 */
export type RateLimitReason = 'global-quota' | 'tenant-quota' | 'burst' | 'unknown';

/** The server asked to wait past the call's deadline, now or to an earlier call. */
export class RateLimitedError extends TributaryError {
  override name = 'RateLimitedError';
  /** How long to wait before the call is made again, in ms. */
  readonly retryAfterMs: number;
  readonly reason: RateLimitReason;
  /** Epoch ms, by this machine's clock: when the wait is over. */
  readonly resetAt: number | undefined;

  constructor(
    message: string,
    options: WireErrorOptions & {
      readonly retryAfterMs: number;
      readonly reason?: RateLimitReason;
      readonly resetAt?: number;
    },
  ) {
    const { retryAfterMs, reason = 'unknown', resetAt, ...rest } = options;
    super(message, { code: 'RATE_LIMITED', sent: 'yes', retryable: true, ...rest });
    this.retryAfterMs = retryAfterMs;
    this.reason = reason;
    this.resetAt = resetAt;
  }

  protected override details(): Record<string, unknown> {
    const { retryAfterMs, reason, resetAt } = this;
    return { retryAfterMs, reason, resetAt };
  }
}

/** A redirect leads where the request must not go. The target is a secret and isn't shown. */
export class RedirectError extends TributaryError {
  override name = 'RedirectError';

  constructor(message: string, options: WireErrorOptions) {
    super(message, { code: 'REDIRECT_REFUSED', sent: 'yes', ...options });
  }
}

/** The request has to go out again, but its body was a stream. Send it anew with a fresh body. */
export class BodyNotReplayableError extends TributaryError {
  override name = 'BodyNotReplayableError';

  constructor(message: string, options: WireErrorOptions) {
    super(message, { code: 'BODY_NOT_REPLAYABLE', sent: 'yes', retryable: true, ...options });
  }
}

/** The authorization server refused, or answered with something that can't be understood. */
export class AuthorizationServerError extends TributaryError {
  override name = 'AuthorizationServerError';
  /** The server's `error` (RFC 6749, section 5.2), where it gave one. */
  readonly error: string | undefined;

  constructor(
    message: string,
    options: {
      readonly error?: string;
      readonly retryable?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    const { error, ...rest } = options;
    super(message, { code: 'AUTHORIZATION_SERVER', sent: 'unknown', ...rest });
    this.error = error === undefined ? undefined : escapeControl(error);
  }

  protected override details(): Record<string, unknown> {
    return { error: this.error };
  }
}

/** A credential is not valid where it was verified, or belongs to nobody. */
export class VerificationError extends TributaryError {
  override name = 'VerificationError';
  /** The status of the answer, where there was one. */
  readonly status: number | undefined;

  constructor(
    message: string,
    options: { readonly status?: number; readonly cause?: unknown } = {},
  ) {
    const { status, ...rest } = options;
    super(message, { code: 'VERIFICATION_FAILED', sent: 'yes', ...rest });
    this.status = status;
  }

  protected override details(): Record<string, unknown> {
    return { status: this.status };
  }
}
