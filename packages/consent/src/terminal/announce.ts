import {
  ConsentError,
  escapeControl,
  isLoopback,
  type PendingAuthorization,
  type Site,
} from '@tributary/pipeline';
import { canOpenBrowser, openInBrowser } from './open-browser.js';

export interface Announcement {
  readonly output: { write(text: string): unknown };
  readonly openBrowser: boolean;
  readonly open?: (url: string) => unknown | Promise<unknown>;
}

/**
 * Tells the person what is asked, and takes them to the authorization server. The returned promise
 * never resolves; it rejects when the app's own `open` fails, which the person can't make good.
 */
export const announce = (
  pending: PendingAuthorization,
  site: Site,
  { output, openBrowser, open, isWaiting }: Announcement & { readonly isWaiting: () => boolean },
): Promise<never> => {
  const url = readAuthorizationUrl(pending.url);
  const print = () => output.write(`Open this address in a browser on this machine:\n\n${url}\n\n`);
  const wanted = escapeControl(pending.scopes.join(', '));
  output.write(`${escapeControl(site.url)} asks for your consent to: ${wanted}\n`);

  return new Promise((_, reject) => {
    if (!openBrowser || (open === undefined && !canOpenBrowser())) {
      print();
      return;
    }
    output.write('Opening your browser; log in and decide there.\n');
    if (open !== undefined) openWith(open, url).catch(reject);
    // A launcher may end long after the answer came, with the browser that it started.
    else openInBrowser(url).catch(() => isWaiting() && print());
  });
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
