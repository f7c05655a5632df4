import type { Trigger } from '../pending-consent.js';
import { type Html, html } from './html.js';
import type { Page } from './page.js';

/** A way on from a page that is an end. */
export interface Way {
  readonly href: string;
  readonly words: string;
}

const wayOn = (way: Way): Html => html`<p><a href="${way.href}">${way.words}</a></p>`;

const endPage = (status: number, title: string, text: readonly string[], way?: Way): Page => ({
  status,
  title,
  body: html`${text.map((paragraph) => html`<p>${paragraph}</p>`)}
${way && wayOn(way)}`,
});

const NOTHING = 'Nothing was stored, and nothing was done in your name.';

export const deniedPage = (appName: string, kind: Trigger['kind'], way: Way): Page =>
  endPage(
    403,
    'Access was not allowed',
    [`You did not allow ${appName} to act for you. ${NOTHING}`, HOW_TO_TRY_AGAIN[kind]],
    way,
  );

const HOW_TO_TRY_AGAIN: Readonly<Record<Trigger['kind'], string>> = {
  page: 'What you wanted to see needs your consent. To try again, open it again and allow access.',
  send: 'What you sent was not carried out and is no longer kept. To try again, go back and send it again.',
  resend: 'What you sent was not carried out. To try again, go back and send it again.',
  api: 'What you wanted to do needs your consent. To try again, go back and do it again.',
};

/** The record is gone: too late, or used. */
export const expiredPage = (way: Way): Page =>
  endPage(
    410,
    'This request has ended',
    [
      'It was answered already, or it waited too long for an answer. Nothing more happens here.',
      'If you still need it, start again in the app.',
    ],
    way,
  );

export const refusedPage = (reason: string, way: Way): Page =>
  endPage(403, 'Not accepted', [reason, NOTHING], way);

export const badCallbackPage = (reason: string, way: Way): Page =>
  endPage(400, 'This answer was not accepted', [reason, NOTHING], way);

export const signInPage = (appName: string, way: Way): Page =>
  endPage(
    // No 401, which owes a challenge that a browser would answer with a box of its own.
    403,
    'Sign in first',
    [`You are not signed in to ${appName}. Sign in as the person who was asked, then try again.`],
    way,
  );

export const checkingPage = (way: Way): Page =>
  endPage(
    202,
    'One moment',
    ['Your answer has arrived and is being checked. This takes a few seconds.'],
    way,
  );

export const runningPage = (way: Way): Page =>
  endPage(
    202,
    'One moment',
    ['What you sent is being carried out, once. Its answer will be here in a moment.'],
    way,
  );

export const grantedPage = (appName: string, text: string, way?: Way): Page =>
  endPage(200, 'Access allowed', [`${appName} may now act for you. ${text}`], way);

export const sentPage = (way: Way): Page =>
  endPage(200, 'Done', ['What you sent was carried out, once.'], way);

/** Nothing is known of what came of it: it may have failed anywhere. */
export const failedPage = (way: Way): Page =>
  endPage(
    503,
    'This did not work just now',
    ['Something that the app needs does not answer. Try again in a while.'],
    way,
  );

export const onlyMethodsPage = (methods: string): Page =>
  endPage(405, 'Not accepted', [`Only ${methods} is answered here.`]);

export const noPage = (way: Way): Page =>
  endPage(404, 'There is no such page', ['The address may have been cut off.'], way);

export const requiredPage = (appName: string): Page =>
  endPage(200, 'Consent needed', [
    `${appName} answers a program's request with status 401 and a problem of this type when the signed-in person has not allowed it to act for them yet.`,
    'Open the address in its field consentUrl in the browser in which the person is signed in. When they have allowed access, send the request again; it was not kept.',
  ]);
