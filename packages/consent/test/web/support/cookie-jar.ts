import { type Clock, systemClock } from '@tributary/pipeline';

interface Cookie {
  readonly host: string;
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly line: string;
  /** Epoch ms. */
  readonly until: number;
}

export interface CookieJarOptions {
  /** As Safari does over http, also on loopback. Default false. */
  readonly refusesSecure?: boolean;
  /** By which Max-Age is counted, as the app uses it; other servers give dates. Default: the system's. */
  readonly clock?: Pick<Clock, 'now'>;
}

/** The cookies of one browser. As in a browser, all ports of a host share them (RFC 6265, section 8.5). */
export class CookieJar {
  #cookies: Cookie[] = [];
  readonly #refusesSecure: boolean;
  readonly #clock: Pick<Clock, 'now'>;

  constructor({ refusesSecure = false, clock = systemClock }: CookieJarOptions = {}) {
    this.#refusesSecure = refusesSecure;
    this.#clock = clock;
  }

  store(url: URL, headers: Headers): void {
    for (const line of headers.getSetCookie()) this.#store(url, line);
  }

  #store(url: URL, line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const split = pair.indexOf('=');
    const name = pair.slice(0, split);
    const has = (wanted: string) => attributes.some((part) => part.toLowerCase() === wanted);
    const attribute = (wanted: string) =>
      attributes.find((part) => part.toLowerCase().startsWith(`${wanted}=`))?.split('=')[1];
    const isSecure = has('secure');
    if (isSecure && this.#refusesSecure && url.protocol === 'http:') return;
    // RFC 6265bis, section 4.1.3.2.
    const isHostBound = isSecure && attribute('path') === '/' && attribute('domain') === undefined;
    if (name.startsWith('__Host-') && !isHostBound) return;
    const path = attribute('path') ?? '/';
    const host = url.hostname;
    this.#cookies = this.#cookies.filter(
      (known) => known.name !== name || known.path !== path || known.host !== host,
    );
    const maxAge = attribute('max-age');
    const expires = attribute('expires');
    const now = this.#clock.now();
    const isPast = expires !== undefined && Date.parse(expires) <= Date.now();
    const until = maxAge === undefined ? Infinity : now + Number(maxAge) * 1_000;
    if (until <= now || (maxAge === undefined && isPast)) return;
    this.#cookies.push({ host, name, value: pair.slice(split + 1), path, line, until });
  }

  header(url: URL): string {
    return this.#inForce()
      .filter(({ host, path }) => host === url.hostname && covers(path, url.pathname))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  names(): readonly string[] {
    return this.#inForce().map(({ name }) => name);
  }

  /** The Set-Cookie lines that are in force. */
  lines(): readonly string[] {
    return this.#inForce().map(({ line }) => line);
  }

  /** What somebody who got hold of them would carry away. */
  copyTo(other: CookieJar, wanted: (name: string) => boolean): void {
    other.#cookies.push(...this.#cookies.filter(({ name }) => wanted(name)));
  }

  #inForce(): readonly Cookie[] {
    return this.#cookies.filter(({ until }) => until > this.#clock.now());
  }

  forget(wanted: (name: string) => boolean): void {
    this.#cookies = this.#cookies.filter(({ name }) => !wanted(name));
  }
}

const covers = (path: string, pathname: string): boolean =>
  path === pathname || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
