import {
  ConsentError,
  type ConsentRequest,
  escapeControl,
  isLoopback,
  type PendingAuthorization,
} from '@tributary/pipeline';
import { scopeWords } from '../scope-words.js';
import { openInBrowser, openWithCommands } from './open-browser.js';
import { forwardCommand } from './ssh.js';
import type { Terminal } from './this-terminal.js';

export interface Announcement {
  readonly request: ConsentRequest;
  readonly pending: PendingAuthorization;
  readonly redirectUri: URL;
  readonly terminal: Terminal;
  /** Whether the answer is still to come. */
  readonly isWaiting: () => boolean;
  /** Called when the person opens the address by themselves, maybe on another machine. */
  readonly onPrinted: () => void;
}

/**
 * Tells the person what is asked, and takes them to the authorization server. The returned promise
 * never resolves; it rejects when they can't get there: the app's own `open` failed, or no browser
 * opened and nobody reads the address.
 */
export const announce = (announcement: Announcement): Promise<never> => {
  const { request, pending, terminal, isWaiting } = announcement;
  const { browser, output } = terminal;
  const url = readAuthorizationUrl(pending.url);
  output.write(describeRequest(request, pending.scopes));

  return new Promise((_, reject) => {
    const print = () => {
      if (!isWaiting()) return;
      if (terminal.unread !== undefined) return reject(terminal.unread);
      output.write(describeAddress(url, announcement));
      announcement.onPrinted();
    };
    if (browser.kind === 'none') return print();
    output.write('Opening your browser; log in and decide there.\n');
    if (browser.kind === 'given') {
      openWith(browser.open, url).catch(reject);
      return;
    }
    output.write('If none appears, start again with BROWSER=none to be given the address.\n');
    // A launcher may end long after the answer came, with the browser that it started.
    const opened =
      browser.kind === 'commands'
        ? openWithCommands(browser.commands, url, isWaiting)
        : openInBrowser(url);
    opened.catch(print);
    // That browser may be at the other end of the line, which the answer can't be sent from.
    if (terminal.isRemote) announcement.onPrinted();
  });
};

const describeRequest = (
  { site, newScopes = [] }: ConsentRequest,
  scopes: readonly string[],
): string => {
  const lines = scopes.map((scope) => {
    const words = scopeWords(scope);
    const what = words === undefined ? scope : `${words} (${scope})`;
    return `  - ${newScopes.includes(scope) ? 'new: ' : ''}${escapeControl(what)}\n`;
  });
  return `This app asks for your consent to act as you at ${escapeControl(site.url)}\nIt will be able to:\n${lines.join('')}`;
};

const describeAddress = (
  url: string,
  { redirectUri, terminal: { isRemote, env, input } }: Announcement,
): string => {
  const where = isRemote
    ? 'the browser of the machine that you sit at'
    : input === undefined
      ? 'a browser on this machine'
      : 'a browser';
  const address = `Open this address in ${where}:\n\n${url}\n\n`;
  if (!isRemote) return address;
  return `${address}The answer arrives at ${redirectUri.origin} of this machine. So that it gets here, run this where the browser is, before you decide:\n\n  ${forwardCommand(redirectUri, env)}\n\n`;
};

/** What is handed to the system's opener starts whatever program its scheme names. */
const readAuthorizationUrl = (value: string): string => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url === undefined || !isSafe) {
    throw new ConsentError(
      'CONSENT_UNAVAILABLE',
      "The authorization server's address is not https, so it is not opened; check the issuer.",
    );
  }
  return url.href;
};

const openWith = async (
  open: (url: string) => unknown | Promise<unknown>,
  url: string,
): Promise<void> => {
  try {
    await open(url);
  } catch (cause) {
    throw new ConsentError(
      'CONSENT_UNAVAILABLE',
      'The `open` given to the prompt failed, so nobody could be asked; the cause says why.',
      { cause },
    );
  }
};
