import type { Sandbox } from '@tributary/sandbox';
import type { Browser, Seen } from './browser.js';

type Who = 'editor' | 'reader' | 'admin';

/** On the app's consent page: allows, logs in at the sandbox's OAuth server where it asks, and accepts. */
export const grant = async (browser: Browser, sandbox: Sandbox, as: Who = 'editor') => {
  await allow(browser, sandbox, as);
  return browser.click('Accept');
};

/** As far as the OAuth server's own question. */
export const allow = async (
  browser: Browser,
  sandbox: Sandbox,
  as: Who = 'editor',
): Promise<Seen> => {
  const page = await browser.click('Allow access');
  if (page.heading !== 'Log in') return page;
  const { email, password } = sandbox.people[as];
  return browser.click('Log in', { email, password });
};
