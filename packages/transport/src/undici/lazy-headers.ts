import type { Head } from './reception.js';

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;

const BLANK = 0x20;

const hasBlankEnds = (value: string): boolean =>
  value.charCodeAt(0) <= BLANK || value.charCodeAt(value.length - 1) <= BLANK;

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
    // Mostly asked for as it is kept.
    const key = Object.hasOwn(this.#fields, name) ? name : String(name).toLowerCase();
    const value = Object.hasOwn(this.#fields, key) ? this.#fields[key] : undefined;
    if (value === undefined) return TOKEN.test(key) ? null : this.#all.get(name);
    // Joining, and blanks around a value, are Headers' own business.
    return typeof value === 'string' && !hasBlankEnds(value) ? value : this.#all.get(key);
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
Reflect.deleteProperty(LazyHeaders.prototype, 'constructor');
// For `instanceof`; and whatever reads the iterator finds ours.
Object.setPrototypeOf(LazyHeaders.prototype, Headers.prototype);
