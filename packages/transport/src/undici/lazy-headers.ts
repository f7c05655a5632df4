import type { Head } from './reception.js';

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;

const BLANK_AT_END = /^[\t ]|[\t ]$/;

type Fields = Head['fields'];

/** What fetch guards: the headers of an answer can't be changed. */
const refuse = (): never => {
  throw new TypeError('immutable');
};

/**
 * The headers of an answer, with real `Headers` built only for what needs all of them: most callers ask
 * for one field, or none.
 */
export class LazyHeaders {
  readonly #fields: Fields;
  #built: Headers | undefined;

  constructor(fields: Fields) {
    this.#fields = fields;
  }

  get #all(): Headers {
    if (this.#built === undefined) {
      this.#built = new Headers();
      for (const [name, value] of Object.entries(this.#fields)) {
        for (const each of Array.isArray(value) ? value : [value ?? '']) {
          this.#built.append(name, each);
        }
      }
    }
    return this.#built;
  }

  get(name: string): string | null {
    const text = String(name);
    if (!TOKEN.test(text)) return this.#all.get(name);
    const key = text.toLowerCase();
    const value = Object.hasOwn(this.#fields, key) ? this.#fields[key] : undefined;
    if (value === undefined) return null;
    // Joining, and blanks around a value, are Headers' own business.
    return Array.isArray(value) || BLANK_AT_END.test(value) ? this.#all.get(key) : value;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  getSetCookie(): string[] {
    return this.#all.getSetCookie();
  }

  forEach(
    callback: (value: string, key: string, parent: Headers) => void,
    thisArg?: unknown,
  ): void {
    const self = this as unknown as Headers;
    this.#all.forEach((value, key) => {
      callback.call(thisArg, value, key, self);
    });
  }

  keys(): HeadersIterator<string> {
    return this.#all.keys();
  }

  values(): HeadersIterator<string> {
    return this.#all.values();
  }

  entries(): HeadersIterator<[string, string]> {
    return this.#all.entries();
  }

  [Symbol.iterator](): HeadersIterator<[string, string]> {
    return this.#all.entries();
  }

  /** As the built-in ones print: values may be secrets, so that names alone do. */
  [Symbol.for('nodejs.util.inspect.custom')](): object {
    return { headers: Object.keys(this.#fields) };
  }
}

for (const name of ['append', 'delete', 'set']) {
  Object.defineProperty(LazyHeaders.prototype, name, {
    value: refuse,
    configurable: true,
    writable: true,
  });
}
// For `instanceof`; and whatever reads the iterator finds ours.
Object.setPrototypeOf(LazyHeaders.prototype, Headers.prototype);
