import { findPerson, type Person } from '../people.js';
import { CookieJar } from './cookie-jar.js';
import { findForm, type HtmlForm, pageText } from './html-form.js';

export interface WalkConsentOptions {
  /** Who logs in: a person of the sandbox, or a role, email or name of one. */
  readonly as: Person | string;
  /** Clicks Deny instead of Accept. Default false. */
  readonly deny?: boolean;
}

/** The scripted browser met a page it can't go on from. */
export class ConsentWalkError extends Error {
  override readonly name = 'ConsentWalkError';

  constructor(
    /** How far it got: `authorize`, `log-in`, `consent`, `redirect` or `callback`. */
    readonly step: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`Consent walk stopped at ${step}: ${message}`, options);
  }
}

const mostSteps = 15;

/**
 * A scripted browser for the sandbox's log-in and consent pages, over real HTTP. Give it to a
 * terminal prompt as its `open(url)`. It resolves when the app's redirect URI has answered.
 */
export function walkConsent(options: WalkConsentOptions): (url: string | URL) => Promise<void> {
  const person = typeof options.as === 'string' ? findPerson(options.as) : options.as;
  if (person === undefined) {
    throw new TypeError(
      `walkConsent: nobody in the sandbox is called ${JSON.stringify(options.as)}`,
    );
  }
  const { deny = false } = options;
  return (url) => new Walk(person, deny, new URL(url)).go();
}

interface Step {
  readonly url: URL;
  readonly body?: URLSearchParams;
}

class Walk {
  readonly #jar = new CookieJar();
  readonly #person: Person;
  readonly #deny: boolean;
  readonly #start: URL;
  #step = 'authorize';
  #hasLoggedIn = false;

  constructor(person: Person, deny: boolean, start: URL) {
    this.#person = person;
    this.#deny = deny;
    this.#start = start;
  }

  async go(): Promise<void> {
    let next: Step = { url: this.#start };
    for (let count = 0; count < mostSteps; count += 1) {
      const response = await this.#fetch(next);
      const location = response.headers.get('location');
      if (response.status >= 300 && response.status < 400 && location !== null) {
        await response.body?.cancel();
        const target = new URL(location, next.url);
        if (this.#isCallback(target)) return this.#deliver(target);
        this.#requireSameOrigin(target);
        next = { url: target };
      } else {
        next = this.#fillIn(next.url, response.status, await response.text());
      }
    }
    throw new ConsentWalkError(this.#step, `still not back at the app after ${mostSteps} pages`);
  }

  async #fetch({ url, body }: Step): Promise<Response> {
    try {
      const response = await fetch(url, {
        method: body ? 'POST' : 'GET',
        headers: { accept: 'text/html', cookie: this.#jar.header(url) },
        redirect: 'manual',
        ...(body && { body }),
      });
      this.#jar.store(url, response.headers);
      return response;
    } catch (error) {
      throw new ConsentWalkError(this.#step, `no answer from ${url.origin}`, { cause: error });
    }
  }

  #fillIn(url: URL, status: number, html: string): Step {
    const form = findForm(html);
    const isLogin = form?.fields.some((field) => field.type === 'password') ?? false;
    if (form === undefined || (isLogin && this.#hasLoggedIn)) {
      throw new ConsentWalkError(this.#step, `met a page with status ${status}: ${pageText(html)}`);
    }
    this.#step = isLogin ? 'log-in' : 'consent';
    const body = isLogin ? this.#logIn(form) : this.#decide(form);
    const target = new URL(form.action, url);
    this.#requireSameOrigin(target);
    return { url: target, body };
  }

  #logIn(form: HtmlForm): URLSearchParams {
    this.#hasLoggedIn = true;
    const body = new URLSearchParams();
    for (const { name, type, value } of form.fields) {
      const filled = { email: this.#person.email, password: this.#person.password }[type];
      body.set(name, filled ?? value);
    }
    return body;
  }

  #decide(form: HtmlForm): URLSearchParams {
    const wanted = this.#deny ? 'deny' : 'accept';
    const button = form.buttons.find(({ value }) => value === wanted);
    if (button === undefined) {
      throw new ConsentWalkError(this.#step, `the page has no button to ${wanted}`);
    }
    const body = new URLSearchParams(form.fields.map(({ name, value }) => [name, value]));
    body.set(button.name, button.value);
    return body;
  }

  // Parameters may differ, the place may not: that is where the app listens.
  #isCallback(target: URL): boolean {
    const wanted = this.#start.searchParams.get('redirect_uri');
    if (wanted === null || !URL.canParse(wanted)) return false;
    const { origin, pathname } = new URL(wanted);
    return target.origin === origin && target.pathname === pathname;
  }

  #requireSameOrigin(target: URL): void {
    if (target.origin !== this.#start.origin) {
      throw new ConsentWalkError('redirect', `sent to a foreign place, ${target.origin}`);
    }
  }

  async #deliver(target: URL): Promise<void> {
    let response: Response;
    try {
      response = await fetch(target, { headers: { accept: 'text/html' }, redirect: 'manual' });
    } catch (error) {
      throw new ConsentWalkError('callback', `nobody listens at ${target.origin}`, {
        cause: error,
      });
    }
    const text = await response.text();
    // An app may well answer a denial with an error of its own; only a refused code is our news.
    if (response.status >= 400 && target.searchParams.has('code')) {
      throw new ConsentWalkError(
        'callback',
        `the app answered ${response.status}: ${pageText(text)}`,
      );
    }
  }
}
