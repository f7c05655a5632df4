/** A page as a person has it before them. */
export interface Shown {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  readonly heading: string;
}

/** A browser without scripts: cookies, redirects, and forms by their buttons. */
export class Visitor {
  readonly #cookies = new Map<string, string>();
  page: Shown | undefined;

  open(url: string | URL): Promise<Shown> {
    return this.#go(new URL(url), undefined);
  }

  /** Sends the form that has a button with these words, its other fields as given. */
  click(words: string, fields: Readonly<Record<string, string>> = {}): Promise<Shown> {
    const { html = '', url } = this.page ?? {};
    for (const [, head = '', content = ''] of html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)) {
      const button = [...content.matchAll(/<button\b([^>]*)>([^<]*)<\/button>/g)].find(
        ([, , label]) => label === words,
      );
      if (button === undefined) continue;
      const body = new URLSearchParams();
      for (const [, tag = ''] of content.matchAll(/<(?:input|textarea)\b([^>]*)>/g)) {
        body.set(attribute(tag, 'name'), attribute(tag, 'value'));
      }
      const name = attribute(button[1] ?? '', 'name');
      if (name !== '') body.set(name, attribute(button[1] ?? '', 'value'));
      for (const [field, value] of Object.entries(fields)) body.set(field, value);
      return this.#go(new URL(attribute(head, 'action'), url), body);
    }
    throw new Error(`No button "${words}" on ${html}`);
  }

  async #go(start: URL, sent: URLSearchParams | undefined): Promise<Shown> {
    let [url, body] = [start, sent];
    for (let hops = 0; hops < 20; hops += 1) {
      const response = await fetch(url, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          accept: 'text/html,*/*;q=0.8',
          cookie: this.#cookieHeader(url),
          // What a page without referrer sends.
          ...(body !== undefined && { origin: 'null', 'sec-fetch-site': 'same-origin' }),
        },
        redirect: 'manual',
        ...(body !== undefined && { body }),
      });
      for (const line of response.headers.getSetCookie()) this.#keep(url, line);
      const location = response.headers.get('location');
      if (location === null) {
        const html = await response.text();
        const { status, headers } = response;
        const heading = /<h1>([\s\S]*?)<\/h1>/.exec(html)?.[1] ?? '';
        this.page = { url, status, headers, html, heading };
        return this.page;
      }
      await response.body?.cancel();
      [url, body] = [new URL(location, url), undefined];
    }
    throw new Error('Redirected without end.');
  }

  #keep(url: URL, line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/max-age=0/i.test(line)) this.#cookies.delete(`${url.hostname} ${name}`);
    else this.#cookies.set(`${url.hostname} ${name}`, `${name}=${value}`);
  }

  #cookieHeader(url: URL): string {
    return [...this.#cookies]
      .filter(([key]) => key.startsWith(`${url.hostname} `))
      .map(([, pair]) => pair)
      .join('; ');
  }
}

const attribute = (tag: string, name: string): string =>
  new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&amp;', '&') ?? '';

/** The text of a page's result, as it was before it was escaped. */
export const resultOf = ({ html }: Shown): unknown => {
  const [, text = ''] = /<pre[^>]*>([\s\S]*?)<\/pre>/.exec(html) ?? [];
  const entities: Readonly<Record<string, string>> = {
    quot: '"',
    lt: '<',
    gt: '>',
    '#39': "'",
    amp: '&',
  };
  return JSON.parse(
    text.replace(/&(quot|lt|gt|#39|amp);/g, (_, name: string) => entities[name] ?? ''),
  );
};
