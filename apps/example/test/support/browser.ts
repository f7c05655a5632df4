import type { Person } from '@tributary/sandbox';

interface Step {
  readonly url: URL;
  readonly body?: URLSearchParams;
}

/** A browser without scripts, as far as these pages need one: cookies, redirects, forms, and where a form came from. */
export class Browser {
  #cookies = new Map<string, string>();
  #url = new URL('about:blank');
  status = 0;
  headers = new Headers();
  #html = '';

  get path(): string {
    return this.#url.pathname;
  }

  get html(): string {
    return this.#html;
  }

  /** The words on the page. */
  get text(): string {
    const visible = this.#html.replace(/<style>[\s\S]*?<\/style>/, '').replace(/<[^>]*>/g, ' ');
    return decode(visible).replace(/\s+/g, ' ').trim();
  }

  get heading(): string {
    return decode(/<h1>([\s\S]*?)<\/h1>/.exec(this.#html)?.[1] ?? '').trim();
  }

  open(url: string | URL): Promise<void> {
    return this.#go({ url: new URL(url, this.#url) }, 'none');
  }

  /** The words of all buttons, in order. */
  get buttons(): readonly string[] {
    return [...this.#html.matchAll(/<button\b[^>]*>([\s\S]*?)<\/button>/g)].map(([, inside = '']) =>
      decode(inside.replace(/<[^>]*>/g, '')).trim(),
    );
  }

  /** Sends the form that the button with these words is in. */
  click(words: string, fields: Readonly<Record<string, string>> = {}): Promise<void> {
    return this.#go(this.formOf(words, fields), 'same-origin');
  }

  formOf(words: string, fields: Readonly<Record<string, string>> = {}): Required<Step> {
    for (const [, head = '', content = ''] of this.#html.matchAll(
      /<form\b([^>]*)>([\s\S]*?)<\/form>/g,
    )) {
      const buttons = [...content.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/g)];
      const button = buttons.find(
        ([, , inside = '']) => decode(inside.replace(/<[^>]*>/g, '')).trim() === words,
      );
      if (button === undefined) continue;
      const body = new URLSearchParams();
      for (const [, tag = ''] of content.matchAll(/<input\b([^>]*)>/g)) {
        body.set(attribute(tag, 'name'), fields[attribute(tag, 'name')] ?? attribute(tag, 'value'));
      }
      const name = attribute(button[1] ?? '', 'name');
      if (name !== '') body.set(name, attribute(button[1] ?? '', 'value'));
      return { url: new URL(attribute(head, 'action'), this.#url), body };
    }
    throw new Error(`No button "${words}" on: ${this.text}`);
  }

  /** Through the consent page and the OAuth server's, wherever that leads. */
  async consent(person: Person, answer: 'Accept' | 'Deny' = 'Accept'): Promise<void> {
    await this.click('Allow access');
    if (this.heading === 'Log in') {
      await this.click('Log in', { email: person.email, password: person.password });
    }
    await this.click(answer);
  }

  async #go(first: Step, from: 'none' | 'same-origin'): Promise<void> {
    let next = first;
    for (let hops = 0; hops < 20; hops += 1) {
      const response = await this.#fetch(next, from);
      for (const line of response.headers.getSetCookie()) this.#store(next.url, line);
      const location = response.headers.get('location');
      this.status = response.status;
      this.headers = response.headers;
      this.#url = next.url;
      this.#html = await response.text();
      if (location === null) return;
      next = { url: new URL(location, next.url) };
    }
    throw new Error('Redirected without end.');
  }

  #fetch({ url, body }: Step, from: 'none' | 'same-origin'): Promise<Response> {
    const prefix = `${url.hostname} `;
    const cookies = [...this.#cookies].filter(([key]) => key.startsWith(prefix));
    return fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
        'sec-fetch-site': from,
        cookie: cookies.map(([key, value]) => `${key.slice(prefix.length)}=${value}`).join('; '),
        ...(body !== undefined && { origin: url.origin }),
      },
      redirect: 'manual',
      ...(body !== undefined && { body }),
    });
  }

  /** All ports of a host share their cookies (RFC 6265, section 8.5). */
  #store(url: URL, line: string): void {
    const [pair = '', ...attributes] = line.split(';');
    const name = pair.slice(0, pair.indexOf('='));
    const key = `${url.hostname} ${name.trim()}`;
    const isOver = attributes.some((part) => {
      const [field = '', value = ''] = part.trim().toLowerCase().split('=');
      return field === 'max-age'
        ? Number(value) <= 0
        : field === 'expires' && Date.parse(value) < Date.now();
    });
    if (isOver) this.#cookies.delete(key);
    else this.#cookies.set(key, pair.slice(pair.indexOf('=') + 1));
  }

  get cookies(): ReadonlyMap<string, string> {
    return this.#cookies;
  }

  /** Somebody else who got hold of these cookies. */
  take(cookies: ReadonlyMap<string, string>): void {
    this.#cookies = new Map([...this.#cookies, ...cookies]);
  }
}

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
