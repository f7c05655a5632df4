import { TributaryError } from './tributary-error.js';

/** A setting is missing or wrong. The message names the field and the fix, never the value of a secret. */
export class ConfigError extends TributaryError {
  override name = 'ConfigError';
  readonly field: string;

  constructor(field: string, message: string, options: { readonly cause?: unknown } = {}) {
    super(`${field}: ${message}`, { code: 'CONFIG_INVALID', ...options });
    this.field = field;
  }

  protected override details(): Record<string, unknown> {
    return { field: this.field };
  }
}

/** The chain can't be composed. */
export class ChainError extends TributaryError {
  override name = 'ChainError';

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { code: 'CHAIN_INVALID', ...options });
  }
}
