import { Html, html } from './html.js';
import { STYLE, STYLE_HASH } from './style.js';

/** The very text that its hash in the policy is of. */
const STYLE_ELEMENT = new Html(STYLE);

export interface Page {
  readonly status: number;
  readonly title: string;
  /** What stands below the heading. */
  readonly body: Html;
  /** Where its form may lead, as CSP sources. Default: it has none. */
  readonly formAction?: string;
}

/** A whole page: no script, nothing from elsewhere, in no frame and in no cache. */
export const pageResponse = (appName: string, page: Page): Response => {
  const { status, title, body, formAction = "'none'" } = page;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - ${appName}</title>
<style>${STYLE_ELEMENT}</style>
</head>
<body>
<header><p>${appName}</p></header>
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
      ...PRIVATE,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src '${STYLE_HASH}'; base-uri 'none'; form-action ${formAction}; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    },
  });
};

/** Addresses here hold ids, codes and states: no cache and no referrer may get them. */
export const PRIVATE: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
};

/** After whatever it was, a GET of this; the reader's back and reload send nothing. */
export const seeOther = (location: URL | string): Response =>
  new Response(null, { status: 303, headers: { ...PRIVATE, location: String(location) } });
