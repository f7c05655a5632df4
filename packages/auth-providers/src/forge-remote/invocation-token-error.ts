import { TributaryError } from '@tributary/pipeline';

/** Every way in which a request can fail to be an invocation of this app. Stable; docs/errors.md lists them. */
export const INVOCATION_TOKEN_REASONS = {
  missing: 'it has no Authorization header',
  'duplicate-header': 'it has more than one Authorization header',
  'too-large': 'its token is larger than any that Forge sends',
  malformed: 'its Authorization is not "Bearer" with a signed token',
  algorithm: 'its token is not signed with RS256',
  'critical-header': 'its token asks for an extension of JWS (crit)',
  'unknown-key': 'its token names no key of the key set',
  signature: 'the signature of its token is wrong',
  claims: 'its token holds no JSON object',
  issuer: 'its token was not issued by forge/invocation-token',
  'no-audience': 'its token is meant for no app',
  'several-audiences': 'its token is meant for more than one app',
  audience: 'its token is meant for another app than those of appIds',
  'no-expiry': 'its token has no time of expiry',
  expired: 'its token has expired',
  'not-yet-valid': 'its token is not valid yet',
  'no-issue-time': 'its token does not say when it was issued',
  'issued-in-future': 'its token was issued in the future',
  'too-old': 'its token was issued longer ago than maxAgeMs',
  app: 'its token names another app than it is meant for',
  environment: 'its token comes from an environment that is not in environments',
  installation: 'its token names no installation, or two',
  principal: 'its token names its user in a way that is not understood',
  'api-base-url': 'its apiBaseUrl is no https URL of an API',
  'api-base-host': 'its apiBaseUrl is at a host that is not in apiBaseHosts',
  'cloud-id': 'its token has no cloudId that is a UUID, or two',
  'site-url': 'its siteUrl is no https URL',
  'oauth-token': 'a header x-forge-oauth-… holds no single token',
} as const satisfies Record<string, string>;

export type InvocationTokenReason = keyof typeof INVOCATION_TOKEN_REASONS;

/** The request is no invocation that may be answered. Answer with its `status`: 401 (Forge: Remote essentials). */
export class InvocationTokenError extends TributaryError {
  override name = 'InvocationTokenError';
  readonly status = 401;
  readonly reason: InvocationTokenReason;

  constructor(reason: InvocationTokenReason, options: { readonly cause?: unknown } = {}) {
    super(
      `The request is refused as no invocation of this app: ${INVOCATION_TOKEN_REASONS[reason]}.`,
      { code: 'INVOCATION_TOKEN_INVALID', ...options },
    );
    this.reason = reason;
  }

  protected override details(): Record<string, unknown> {
    return { status: this.status, reason: this.reason };
  }
}

/** The keys that invocation tokens are signed with can't be had, so that nothing can be said of a token. */
export class InvocationKeysError extends TributaryError {
  override name = 'InvocationKeysError';
  readonly status = 503;

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { code: 'INVOCATION_KEYS_UNAVAILABLE', retryable: true, ...options });
  }

  protected override details(): Record<string, unknown> {
    return { status: this.status };
  }
}
