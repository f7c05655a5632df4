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

/** Somebody at a browser of their own, signed in to the app. */
export class Person {
  readonly context: BrowserContext;
  readonly #options: PersonOptions;
  page: Page;

  private constructor(context: BrowserContext, page: Page, options: PersonOptions) {
    this.context = context;
    this.page = page;
    this.#options = options;
  }

  static async signIn(options: PersonOptions): Promise<Person> {
    const { browser, origin, session, hasScripts = false } = options;
    const context = await browser.newContext({ javaScriptEnabled: hasScripts });
    context.setDefaultTimeout(5_000);
    const page = await context.newPage();
    await page.goto(`${origin}/sign-in?as=${encodeURIComponent(session)}`);
    return new Person(context, page, options);
  }

  async open(path: string, page = this.page): Promise<void> {
    await page.goto(new URL(path, this.#options.origin).href);
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
  }

  /** On the authorization server's log-in page. */
  async logIn(account: Account, page = this.page): Promise<void> {
    await page.getByLabel('Email').fill(account.email);
    await page.getByLabel('Password').fill(account.password);
    await this.click('Log in', page);
  }

  /** From our page that asks to wherever the grant leads. */
  async allow(account: Account, page = this.page): Promise<void> {
    await this.click('Allow access', page);
    await this.logIn(account, page);
    await this.click('Accept', page);
  }

  /** Closes the tab and opens another, in the same browser. */
  async newTab(): Promise<void> {
    await this.page.close();
    this.page = await this.context.newPage();
  }

  leave(): Promise<void> {
    return this.context.close();
  }
}
