import { isId, newSecret } from './tokens.js';

/**
 * The browser's half of one pending consent. `granted` is set for the one request that follows the
 * grant, so that others need not be looked up.
 */
export interface BrowserCookie {
  readonly id: string;
  readonly secret: string;
  readonly isGranted: boolean;
  /** Seconds since the epoch. */
  readonly since: number;
}

export const newCookie = (id: string, now: number): BrowserCookie => ({
  id,
  secret: newSecret(),
  isGranted: false,
  since: Math.floor(now / 1_000),
});

/** More consents than a person has open at once; older ones give way. */
const MOST_COOKIES = 8;

const PREFIX = '__Host-consent-';

/** Named with the port, since cookies are shared by all ports of a host (RFC 6265, section 8.5). */
const plainPrefix = (port: string): string => `consent-${port}-`;

/** Reads and writes the cookies of pending consents. */
export class BrowserCookies {
  readonly #plain: string | undefined;
  readonly #maxAge: number;

  /** `plainPort`: of an http loopback origin, where Safari refuses Secure; the cookie is set twice there. */
  constructor({ plainPort, timeout }: { plainPort: string | undefined; timeout: number }) {
    this.#plain = plainPort === undefined ? undefined : plainPrefix(plainPort);
    this.#maxAge = Math.ceil(timeout / 1_000);
  }

  /** Those of a request, the Secure one before its plain double. */
  all(request: Request): readonly BrowserCookie[] {
    const found = new Map<string, BrowserCookie>();
    const plain = new Map<string, BrowserCookie>();
    for (const part of (request.headers.get('cookie') ?? '').split(';')) {
      const split = part.indexOf('=');
      const name = part.slice(0, split).trim();
      const value = part.slice(split + 1).trim();
      if (name.startsWith(PREFIX)) add(found, name.slice(PREFIX.length), value);
      else if (this.#plain !== undefined && name.startsWith(this.#plain)) {
        add(plain, name.slice(this.#plain.length), value);
      }
    }
    return [...new Map([...plain, ...found]).values()];
  }

  find(request: Request, id: string): BrowserCookie | undefined {
    return this.all(request).find((cookie) => cookie.id === id);
  }

  /** Sets it, and ends the oldest where there are too many. */
  set(headers: Headers, request: Request, cookie: BrowserCookie): void {
    const others = this.all(request).filter(({ id }) => id !== cookie.id);
    const tooMany = others.toSorted((a, b) => b.since - a.since).slice(MOST_COOKIES - 1);
    for (const { id } of tooMany) this.clear(headers, id);
    const value = `${cookie.isGranted ? 'g' : 'a'}.${cookie.since.toString(36)}.${cookie.secret}`;
    this.#append(headers, cookie.id, value, this.#maxAge);
  }

  clear(headers: Headers, id: string): void {
    this.#append(headers, id, '', 0);
  }

  #append(headers: Headers, id: string, value: string, maxAge: number): void {
    // Lax: the authorization server's redirect has to bring it along.
    const attributes = `; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax`;
    headers.append('set-cookie', `${PREFIX}${id}=${value}${attributes}; Secure`);
    if (this.#plain === undefined) return;
    headers.append('set-cookie', `${this.#plain}${id}=${value}${attributes}`);
  }
}

const add = (found: Map<string, BrowserCookie>, id: string, value: string): void => {
  const match = /^([ag])\.([0-9a-z]{1,9})\.([\w-]{43})$/.exec(value);
  if (match === null || !isId(id) || found.has(id)) return;
  const [, phase, since = '', secret = ''] = match;
  found.set(id, { id, secret, isGranted: phase === 'g', since: parseInt(since, 36) });
};
