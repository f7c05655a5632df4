/** A browser of somebody's own, without scripts: cookies, redirects, and one form a page. */
export class Person {
  #cookies = new Map();

  constructor(session) {
    this.#cookies.set(`localhost session`, session);
  }

  /** Goes on until there is an answer, and gives it with its address. */
  async go(url, body) {
    let next = { url: new URL(url), body };
    for (let hops = 0; hops < 20; hops += 1) {
      const response = await this.#fetch(next);
      this.#keep(next.url, response.headers);
      const location = response.headers.get('location');
      const text = await response.text();
      if (location === null) return { url: next.url, status: response.status, text };
      next = { url: new URL(location, next.url) };
    }
    throw new Error(`Redirected without end, last to ${next.url}`);
  }

  /** From a page that asks to the answer that was wanted. */
  async consent({ email, password }, page) {
    const logIn = await this.#send(page, { answer: 'allow' });
    const accept = await this.#send(logIn, { email, password });
    return this.#send(accept, { decision: 'accept' });
  }

  #send(page, filled) {
    const [, head, content] = /<form\b([^>]*)>([\s\S]*?)<\/form>/.exec(page.text) ?? [];
    if (head === undefined) throw new Error(`No form at ${page.url} (${page.status})`);
    const body = new URLSearchParams();
    for (const [tag] of content.matchAll(/<input\b[^>]*>/g)) {
      body.set(attribute(tag, 'name'), filled[attribute(tag, 'name')] ?? attribute(tag, 'value'));
    }
    for (const [tag] of content.matchAll(/<button\b[^>]*>/g)) {
      const name = attribute(tag, 'name');
      if (filled[name] === attribute(tag, 'value')) body.set(name, filled[name]);
    }
    return this.go(new URL(attribute(head, 'action'), page.url), body);
  }

  #fetch({ url, body }) {
    const mine = [...this.#cookies].filter(([key]) => key.startsWith(`${url.hostname} `));
    const cookie = mine.map(([key, value]) => `${key.split(' ')[1]}=${value}`).join('; ');
    return fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'text/html',
        cookie,
        'sec-fetch-site': 'same-origin',
        ...(body !== undefined && { origin: url.origin }),
      },
      redirect: 'manual',
      ...(body !== undefined && { body }),
    });
  }

  /** All ports of a host share their cookies (RFC 6265, section 8.5). */
  #keep({ hostname }, headers) {
    for (const line of headers.getSetCookie()) {
      const [pair] = line.split(';');
      const key = `${hostname} ${pair.slice(0, pair.indexOf('='))}`;
      const isOver = /max-age=0\b/i.test(line) || /expires=Thu, 01 Jan 1970/i.test(line);
      if (isOver) this.#cookies.delete(key);
      else this.#cookies.set(key, pair.slice(pair.indexOf('=') + 1));
    }
  }
}

const attribute = (tag, name) =>
  (new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '').replaceAll('&amp;', '&');
