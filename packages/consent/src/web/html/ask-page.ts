import { scopeWords } from '../../scope-words.js';
import type { PendingConsent, Phase } from '../pending-consent.js';
import { type Html, html } from './html.js';
import type { Page } from './page.js';

export interface AskPage {
  readonly appName: string;
  readonly consent: PendingConsent;
  readonly action: string;
  readonly token: string;
  readonly back: string | undefined;
  readonly failure: Extract<Phase, { name: 'failed' }> | undefined;
  /** Where the form may lead, as CSP sources. */
  readonly formAction: string;
}

/** Asks for consent. */
export const askPage = (page: AskPage): Page => {
  const { appName, consent, action, token, back, failure, formAction } = page;
  const { host } = new URL(consent.site.url);
  return {
    status: failure === undefined ? 200 : 403,
    title: `${failure === undefined ? '' : 'Not granted. '}Allow ${appName} to act for you?`,
    formAction,
    body: html`${failure && failureNote(failure)}
<p><strong>${appName}</strong> needs your consent to go on. It asks for access to <strong>${host}</strong> in your name. You log in and decide at ${consent.site.deployment === 'cloud' ? 'Atlassian' : host}; your password stays there.</p>
<h2>As you, ${appName} will be able to</h2>
<ul class="scopes">
${scopeItems(consent)}
</ul>
${whatFollows(consent)}
<form method="post" action="${action}">
<input type="hidden" name="token" value="${token}">
${back !== undefined && html`<input type="hidden" name="return" value="${back}">`}
<div class="answers">
<button class="first" name="answer" value="allow">Allow access</button>
<button name="answer" value="not-now">Not now</button>
</div>
</form>`,
  };
};

const failureNote = ({ message }: Extract<Phase, { name: 'failed' }>): Html =>
  html`<p class="warn" role="alert">${message}</p>`;

const scopeItems = ({ scopes, newScopes = [] }: PendingConsent): Html[] =>
  [...new Set(scopes)].map((scope) => {
    const words = scopeWords(scope);
    const isNew = newScopes.includes(scope);
    const mark = isNew && html`<span class="new">New:</span> `;
    return words === undefined
      ? html`<li>${mark}<code>${scope}</code></li>`
      : html`<li>${mark}${words} <code>${scope}</code></li>`;
  });

const whatFollows = ({ trigger }: PendingConsent): Html | undefined => {
  switch (trigger.kind) {
    case 'send':
      return html`<p class="note">What you sent is kept for now. It is carried out once, after you allow access.</p>`;
    case 'resend':
      return html`<p class="note">${UNKEPT[trigger.why]} After you allow access, send it again.</p>`;
    default:
      return undefined;
  }
};

export const UNKEPT = {
  'too-large': 'What you sent is too large to be kept.',
  foreign: 'What was sent came from another site, and is not kept.',
} as const;
