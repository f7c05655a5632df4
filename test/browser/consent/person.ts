import type { Person as Account, Sandbox } from '@tributary/sandbox';
import type { Browser, BrowserContext, Page } from 'playwright-core';

export interface PersonOptions {
  readonly browser: Browser;
  readonly origin: string;
  readonly sandbox: Sandbox;
  /** What the app's session says: `ada`, or `ada@accountId` where the app knows the account. */
  readonly session: string;
  /** Default false: the pages need none, and so nobody here has any. */
  readonly hasScripts?: boolean;
}

/** What belongs to the app, and not to the authorization server: one host for both here. */
const COOKIES_OF_APP = /^(?:session|(?:__Host-)?consent-.*)$/;

/** Somebody at a browser of their own, signed in to the app. */
export class Person {
  readonly context: BrowserContext;
  readonly #options: PersonOptions;
  page: Page;
  /** Whom the authorization server takes this browser for. */
  #account: Account | undefined;

  private constructor(context: BrowserContext, page: Page, options: PersonOptions) {
    this.context = context;
    this.page = page;
    this.#options = options;
  }

  static async signIn(options: PersonOptions): Promise<Person> {
    const { browser, hasScripts = false } = options;
    const context = await browser.newContext({ javaScriptEnabled: hasScripts });
    context.setDefaultTimeout(30_000);
    const person = new Person(context, await context.newPage(), options);
    await person.#signIn(options.session);
    return person;
  }

  /** Leaves the browser to another user of the app: a new one takes longer than a walk. */
  async makeWay(session: string): Promise<void> {
    const others = this.context.pages().filter((page) => page !== this.page);
    for (const page of others) await page.close();
    await this.context.clearCookies({ name: COOKIES_OF_APP });
    await this.#signIn(session);
  }

  async #signIn(session: string): Promise<void> {
    const { origin: url } = this.#options;
    const value = encodeURIComponent(session);
    const cookie = { name: 'session', value, url, httpOnly: true, sameSite: 'Lax' } as const;
    await this.context.addCookies([cookie]);
  }

  async open(path: string, page = this.page): Promise<void> {
    await page.goto(new URL(path, this.#options.origin).href);
  }

  get hasScripts(): boolean {
    return this.#options.hasScripts ?? false;
  }

  /** Where they are, without what is secret or different each time. */
  get place(): string {
    const { origin, pathname } = new URL(this.page.url());
    const { origin: app, sandbox } = this.#options;
    const host = origin === app ? '' : origin === sandbox.authUrl ? 'atlassian:' : origin;
    return host + pathname.replace(/\/[\w-]{20,}/, '/…');
  }

  async heading(page = this.page): Promise<string> {
    return (await page.locator('h1').textContent()) ?? '';
  }

  async click(words: string, page = this.page): Promise<void> {
    await page.getByRole('button', { name: words, exact: true }).click();
    await page.waitForLoadState();
  }

  /** By the back button, as often as it takes. */
  async backTo(address: string): Promise<void> {
    while (this.page.url() !== address) {
      await this.page.waitForLoadState();
      await this.page.goBack();
    }
  }

  /** On the authorization server's log-in page. */
  async logIn(account: Account, page = this.page): Promise<void> {
    await page.getByLabel('Email').fill(account.email);
    await page.getByLabel('Password').fill(account.password);
    await this.click('Log in', page);
    this.#account = account;
  }

  /** At the authorization server, which may know this browser. */
  async be(account: Account): Promise<void> {
    if (this.#account === account) return;
    if (this.#account !== undefined) await this.click('Log in as somebody else');
    await this.logIn(account);
  }

  /** From our page that asks to wherever the grant leads. */
  async allow(account: Account): Promise<void> {
    await this.click('Allow access');
    await this.be(account);
    await this.click('Accept');
  }

  /** Closes the tab and opens another, in the same browser. */
  async newTab(): Promise<void> {
    const old = this.page;
    // In this order: the close of a browser's last tab hangs now and then.
    this.page = await this.context.newPage();
    await old.close();
  }

  leave(): Promise<void> {
    return this.context.close();
  }
}
