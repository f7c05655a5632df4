import { CookieJar, type CookieJarOptions } from './cookie-jar.js';

/** What a person sees, and what a test asks about it. */
export interface Seen {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** The words on it. */
  readonly text: string;
  readonly heading: string;
}

interface Step {
  readonly url: URL;
  readonly body?: URLSearchParams | string;
  readonly contentType?: string;
}

/** A browser without scripts: cookies, redirects, forms, and the headers that tell where a request came from. */
export class Browser {
  readonly jar: CookieJar;
  /** Every address that was asked for, with its method, oldest first. */
  readonly visited: string[] = [];
  #page: Seen | undefined;

  constructor(options: CookieJarOptions = {}) {
    this.jar = new CookieJar(options);
  }

  get page(): Seen {
    if (this.#page === undefined) throw new Error('Nothing was opened yet.');
    return this.#page;
  }

  /** Typed, or a bookmark. */
  open(url: string | URL): Promise<Seen> {
    return this.#go({ url: new URL(url) }, undefined);
  }

  /** Sends the page's form by the button with these words, the other fields as given. */
  click(words: string, fields: Readonly<Record<string, string>> = {}): Promise<Seen> {
    const { url, headers } = this.page;
    return this.#go(this.formStep(words, fields), {
      url,
      isReferrerSent: headers.get('referrer-policy') !== 'no-referrer',
    });
  }

  /** Follows the page's link with these words. */
  follow(words: string): Promise<Seen> {
    const links = [...this.page.html.matchAll(/<a href="([^"]*)">([^<]*)<\/a>/g)];
    const link = links.find(([, , text]) => text === words);
    if (link === undefined) throw new Error(`No link "${words}" on: ${this.page.text}`);
    return this.#go({ url: new URL(decode(link[1] ?? ''), this.page.url) }, undefined);
  }

  /** A form of a page at `from`, which may be another site's. */
  post(
    url: string | URL,
    body: URLSearchParams | string,
    from: string | URL,
    contentType?: string,
  ) {
    const step = { url: new URL(url), body, ...(contentType !== undefined && { contentType }) };
    return this.#go(step, { url: new URL(from), isReferrerSent: true });
  }

  /** The next request of the click, without making it. */
  formStep(words: string, fields: Readonly<Record<string, string>> = {}): Step {
    const { html, url, text } = this.page;
    const [, head = '', content = ''] = /<form\b([^>]*)>([\s\S]*?)<\/form>/.exec(html) ?? [];
    const body = new URLSearchParams();
    for (const [, tag = ''] of content.matchAll(/<input\b([^>]*)>/g)) {
      body.set(attribute(tag, 'name'), fields[attribute(tag, 'name')] ?? attribute(tag, 'value'));
    }
    const buttons = [...content.matchAll(/<button\b([^>]*)>([^<]*)<\/button>/g)];
    const button = buttons.find(([, , label]) => label === words);
    if (button === undefined) throw new Error(`No button "${words}" on: ${text}`);
    const name = attribute(button[1] ?? '', 'name');
    if (name !== '') body.set(name, attribute(button[1] ?? '', 'value'));
    return { url: new URL(attribute(head, 'action'), url), body };
  }

  /** Goes on until a page, unless `stopAt` says that this address is not to be asked for. */
  stopAt: ((url: URL) => boolean) | undefined;
  stopped: URL | undefined;

  async #go(step: Step, from: From | undefined): Promise<Seen> {
    let next = step;
    let site = from === undefined ? 'none' : siteOf(from.url, step.url);
    for (let hops = 0; hops < 20; hops += 1) {
      if (this.stopAt?.(next.url)) {
        this.stopped = next.url;
        return this.page;
      }
      const response = await this.#fetch(next, site, hops === 0 ? from : undefined);
      this.jar.store(next.url, response.headers);
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null) {
        return this.#show(next.url, response);
      }
      await response.body?.cancel();
      const target = new URL(location, next.url);
      if (site !== 'none' && siteOf(next.url, target) === 'cross-site') site = 'cross-site';
      // Only these two repeat what was sent.
      next = [307, 308].includes(response.status) ? { ...next, url: target } : { url: target };
    }
    throw new Error('Redirected without end.');
  }

  #fetch(
    { url, body, contentType }: Step,
    site: string,
    from: From | undefined,
  ): Promise<Response> {
    const method = body === undefined ? 'GET' : 'POST';
    this.visited.push(`${method} ${url.pathname}`);
    const origin = from?.isReferrerSent ? from.url.origin : 'null';
    return fetch(url, {
      method,
      headers: {
        accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
        'accept-language': 'en-GB,en;q=0.9',
        'sec-fetch-site': site,
        'sec-fetch-dest': 'document',
        cookie: this.jar.header(url),
        ...(body !== undefined && { origin }),
        ...(from?.isReferrerSent && site === 'same-origin' && { referer: from.url.href }),
        ...(contentType !== undefined && { 'content-type': contentType }),
      },
      redirect: 'manual',
      ...(body !== undefined && { body }),
    });
  }

  async #show(url: URL, response: Response): Promise<Seen> {
    const html = await response.text();
    const { status, headers } = response;
    const heading = words(/<h1>([\s\S]*?)<\/h1>/.exec(html)?.[1] ?? '');
    this.#page = { url, status, headers, html, text: words(html), heading };
    return this.#page;
  }
}

interface From {
  readonly url: URL;
  readonly isReferrerSent: boolean;
}

const siteOf = (from: URL, to: URL): string => {
  if (from.origin === to.origin) return 'same-origin';
  return from.hostname === to.hostname && from.protocol === to.protocol
    ? 'same-site'
    : 'cross-site';
};

const attribute = (tag: string, name: string): string =>
  decode(new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag)?.[1] ?? '');

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

const decode = (text: string): string =>
  text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);

const words = (html: string): string =>
  decode(
    html
      .replace(/<(style|title)\b[\s\S]*?<\/\1>/g, ' ')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' '),
  ).trim();
