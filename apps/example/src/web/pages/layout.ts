import { escapeControl } from '@tributary/pipeline';
import { html, raw } from 'hono/html';
import type { AppUser } from '../face.js';
import { STYLE, STYLE_HASH } from './style.js';

export type Html = ReturnType<typeof html>;

export const APP_NAME = 'Stale page report';

export interface Layout {
  readonly title: string;
  readonly body: Html;
  readonly status?: number;
  readonly user?: AppUser | undefined;
}

/** Titles come from somebody else: what would reorder the text around them is shown instead. */
export const text = (value: string): string => escapeControl(value);

/** A whole page: no script, nothing from elsewhere, in no frame and in no cache. */
export const page = async ({ title, body, status = 200, user }: Layout): Promise<Response> => {
  const document = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - ${APP_NAME}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header><p>${APP_NAME}</p>${user && signOut(user)}</header>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
  return new Response(document.toString(), {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; style-src '${STYLE_HASH}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
      // Its own pages are told, so that the consent pages know the way back.
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    },
  });
};

const signOut = ({ name }: AppUser): Html =>
  html`<form method="post" action="/sign-out">Signed in as ${name} <button>Sign out</button></form>`;

/** One thing to say, and the way back. */
export const messagePage = (title: string, words: string, status: number, user?: AppUser) =>
  page({
    title,
    status,
    user,
    body: html`<p>${text(words)}</p><p><a href="/">Go to the list</a></p>`,
  });

/** After a form, a GET: reload and back send nothing. */
export const seeOther = (location: string, cookie?: string): Response =>
  new Response(null, {
    status: 303,
    headers: {
      location,
      'cache-control': 'no-store',
      ...(cookie !== undefined && { 'set-cookie': cookie }),
    },
  });
