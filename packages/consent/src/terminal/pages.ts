import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import { TributaryError } from '@tributary/pipeline';
import { escapeHtml } from '../escape-html.js';

export interface Page {
  readonly status: number;
  readonly title: string;
  readonly text: string;
}

const BACK = 'You can close this window and go back to the terminal.';

export const donePage = (): Page => ({ status: 200, title: 'Access granted', text: BACK });

export const deniedPage = (): Page => ({ status: 200, title: 'Access not granted', text: BACK });

/** Only our own errors are shown: their messages hold no secret. */
export const failedPage = (error: unknown): Page => ({
  status: 500,
  title: 'This did not work',
  text: error instanceof TributaryError ? error.message : 'The terminal says what went wrong.',
});

export const refusedPage = (status: number, reason: string): Page => ({
  status,
  title: 'Not accepted',
  text: reason,
});

const STYLE =
  ':root{color-scheme:light dark}body{font:1.125rem/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}';

/** The address holds code and state: neither a cache, nor a referrer, nor foreign content may get it. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  connection: 'close',
} as const;

/** Resolves when the page is on its way, or when nobody is there any more to read it. */
export const sendPage = async (response: ServerResponse, page: Page): Promise<void> => {
  response.writeHead(page.status, HEADERS);
  response.end(render(page));
  await finished(response).catch(() => {});
};

const render = ({ title, text }: Page): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
</main>
</html>
`;
