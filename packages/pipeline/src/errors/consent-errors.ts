import type { ConsentRequest } from '../credentials/consent-prompt.js';
import { hideField, TributaryError } from './tributary-error.js';

/**
 * The user has not granted access: a 401, as the user, without a valid credential. Left uncaught
 * inside a consent boundary, it makes the boundary ask the user and run the handler again. Name,
 * status and serviceKey are those of Forge's error (Forge: "requestConfluence", asUser).
 */
export class NeedsAuthenticationError extends TributaryError {
  override name = 'NEEDS_AUTHENTICATION_ERR';
  readonly status = 401;
  readonly serviceKey: string;
  /** What to ask for, and how; set by the consent slot. Not enumerable. */
  declare readonly request: ConsentRequest | undefined;

  constructor(
    options: {
      readonly serviceKey?: string;
      readonly template?: string;
      readonly attempts?: number;
      /** Default `yes`: a 401 came back. */
      readonly sent?: 'yes' | 'no';
      readonly cause?: unknown;
    } = {},
  ) {
    const { serviceKey = 'atlassian-token-service-key', ...rest } = options;
    super('Authentication Required', { code: 'NEEDS_AUTHENTICATION_ERR', sent: 'yes', ...rest });
    this.serviceKey = serviceKey;
    hideField(this, 'request', undefined);
  }

  get scopes(): readonly string[] {
    return this.request?.scopes ?? [];
  }

  /** Called by the consent slot, once, as the error passes by. */
  learn(request: ConsentRequest): void {
    if (this.request === undefined) hideField(this, 'request', request);
  }

  protected override details(): Record<string, unknown> {
    return { status: this.status, serviceKey: this.serviceKey, scopes: this.scopes };
  }
}

/** The user was asked and said no, or did not answer, or was asked too often. */
export class ConsentError extends TributaryError {
  override name = 'ConsentError';

  constructor(
    code:
      | 'CONSENT_DENIED'
      | 'CONSENT_TIMEOUT'
      | 'CONSENT_ROUNDS'
      | 'CONSENT_CALLBACK'
      | 'CONSENT_UNAVAILABLE'
      | 'CONSENT_REFUSED',
    message: string,
    options: { readonly retryable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, { code, ...options });
  }
}
