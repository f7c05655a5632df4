interface Cookie {
  readonly host: string;
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly line: string;
}

export interface CookieJarOptions {
  /** As Safari does over http, also on loopback. Default false. */
  readonly refusesSecure?: boolean;
}

/** The cookies of one browser. As in a browser, all ports of a host share them (RFC 6265, section 8.5). */
export class CookieJar {
  #cookies: Cookie[] = [];
  readonly #refusesSecure: boolean;

  constructor({ refusesSecure = false }: CookieJarOptions = {}) {
    this.#refusesSecure = refusesSecure;
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
    const isOver =
      (maxAge !== undefined && Number(maxAge) <= 0) ||
      (maxAge === undefined && expires !== undefined && Date.parse(expires) <= Date.now());
    if (!isOver) this.#cookies.push({ host, name, value: pair.slice(split + 1), path, line });
  }

  header(url: URL): string {
    return this.#cookies
      .filter(({ host, path }) => host === url.hostname && covers(path, url.pathname))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  names(): readonly string[] {
    return this.#cookies.map(({ name }) => name);
  }

  /** The Set-Cookie lines that are in force. */
  lines(): readonly string[] {
    return this.#cookies.map(({ line }) => line);
  }

  /** What somebody who got hold of them would carry away. */
  copyTo(other: CookieJar, wanted: (name: string) => boolean): void {
    other.#cookies.push(...this.#cookies.filter(({ name }) => wanted(name)));
  }

  forget(wanted: (name: string) => boolean): void {
    this.#cookies = this.#cookies.filter(({ name }) => !wanted(name));
  }
}

const covers = (path: string, pathname: string): boolean =>
  path === pathname || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
