interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/** The cookies of one browser at one origin. */
export class CookieJar {
  #cookies: Cookie[] = [];

  store(url: URL, headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const split = pair.indexOf('=');
      const name = pair.slice(0, split);
      const path = attribute(attributes, 'path') ?? url.pathname;
      this.#cookies = this.#cookies.filter((known) => known.name !== name || known.path !== path);
      if (!isOver(attributes)) this.#cookies.push({ name, value: pair.slice(split + 1), path });
    }
  }

  header(url: URL): string {
    return this.#cookies
      .filter(({ path }) => covers(path, url.pathname))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }
}

const attribute = (attributes: readonly string[], name: string): string | undefined =>
  attributes.find((part) => part.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);

function isOver(attributes: readonly string[]): boolean {
  const maxAge = attribute(attributes, 'max-age');
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  const expires = attribute(attributes, 'expires');
  return expires !== undefined && Date.parse(expires) <= Date.now();
}

const covers = (path: string, pathname: string): boolean =>
  path === pathname || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
