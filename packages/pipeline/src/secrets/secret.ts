import { REDACTED } from './redacted.js';

const inspect = Symbol.for('nodejs.util.inspect.custom');
let open: (secret: Secret) => string;

/** A value that prints as REDACTED everywhere; only `revealSecret` opens it. */
export class Secret {
  readonly #value: string;

  static {
    open = (secret) => secret.#value;
  }

  constructor(value: string) {
    this.#value = value;
    Object.freeze(this);
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect](): string {
    return REDACTED;
  }
}

/** The secret's value. For the code that puts it on the wire or into a store, and for nothing else. */
export const revealSecret = (secret: Secret): string => open(secret);
