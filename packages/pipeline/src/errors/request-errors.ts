import { TributaryError } from './tributary-error.js';

/** A request option is refused before anything is sent. */
export class RequestError extends TributaryError {
  override name = 'RequestError';
  readonly field: string;

  constructor(field: string, message: string, template?: string) {
    super(`${field}: ${message}`, { code: 'REQUEST_INVALID', template });
    this.field = field;
  }

  protected override details(): Record<string, unknown> {
    return { field: this.field };
  }
}

/** After normalisation the URL no longer lies under the base that its credential belongs to. */
export class OutOfBaseError extends TributaryError {
  override name = 'OutOfBaseError';

  constructor(message: string, template?: string) {
    super(message, { code: 'OUT_OF_BASE', template });
  }
}

/** Nobody answers for the principal: no invoking user, no provider for it, or another invocation's. */
export class PrincipalError extends TributaryError {
  override name = 'PrincipalError';

  constructor(message: string, template?: string) {
    super(message, { code: 'PRINCIPAL_UNAVAILABLE', template });
  }
}
