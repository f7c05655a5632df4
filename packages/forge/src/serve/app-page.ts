import { type Html, html, type Page } from '@tributary/consent/html';
import type { CallingModule, ForgeManifest } from '../manifest/manifest.js';

/** What the page is made of. */
export interface AppPageParts {
  readonly manifest: ForgeManifest;
  readonly urls: readonly { readonly triggerKey: string; readonly url: string }[];
  /** When each scheduled trigger runs next; undefined for by hand only. */
  readonly nextRun: (key: string) => Date | undefined;
  /** What a form of this page has to bring. */
  readonly token: string;
}

const select = (id: string, name: string, label: string, modules: readonly CallingModule[]): Html =>
  html`<label for="${id}">${label}</label>
<select id="${id}" name="${name}">
${modules.map(({ type, key }) => html`<option value="${key}">${key} (${type})</option>`)}
</select>`;

const json = (id: string, name: string, label: string, rows = 3): Html =>
  html`<label for="${id}">${label}</label>
<textarea id="${id}" name="${name}" rows="${rows}" spellcheck="false"></textarea>`;

const form = (token: string, action: string, button: string, fields: readonly Html[]): Html =>
  html`<form method="post" action="${action}">
<input type="hidden" name="token" value="${token}">
${fields}
<div class="answers"><button class="first">${button}</button></div>
</form>`;

const resolverForm = ({ manifest: { resolvers }, token }: AppPageParts): Html | undefined =>
  resolvers.length === 0
    ? undefined
    : html`<h2>Call a resolver function</h2>
<p>As the frontend calls invoke(functionKey, payload).</p>
${form(token, '/resolver', 'Call', [
  select('resolver-module', 'module', 'Module', resolvers),
  html`<label for="resolver-function">Function key</label>
<input id="resolver-function" name="functionKey" required autocomplete="off" spellcheck="false">`,
  json('resolver-payload', 'payload', 'Payload, as JSON'),
  json(
    'resolver-context',
    'context',
    'Context, as JSON, such as {"extension": {"content": {"id": "123"}}}',
  ),
])}`;

const webTriggerList = ({ urls }: AppPageParts): Html | undefined =>
  urls.length === 0
    ? undefined
    : html`<h2>Web triggers</h2>
<ul>
${urls.map(({ triggerKey, url }) => html`<li>${triggerKey}: <a href="${url}">${url}</a></li>`)}
</ul>`;

const scheduledForms = (parts: AppPageParts): Html | undefined => {
  const { scheduledTriggers } = parts.manifest;
  if (scheduledTriggers.length === 0) return undefined;
  return html`<h2>Scheduled triggers</h2>
${scheduledTriggers.map(({ key, interval }) => {
  const next = parts.nextRun(key)?.toISOString();
  const when = next === undefined ? 'by hand only' : `next at ${next}`;
  return html`<p>${key}: each ${interval}, ${when}</p>
${form(parts.token, '/scheduled', `Run ${key} now`, [
  html`<input type="hidden" name="key" value="${key}">`,
])}`;
})}`;
};

const eventForm = ({ manifest: { eventTriggers }, token }: AppPageParts): Html | undefined => {
  if (eventTriggers.length === 0) return undefined;
  const events = [...new Set(eventTriggers.flatMap((module) => module.events))];
  return html`<h2>Deliver an event</h2>
<p>${eventTriggers.length === 1 ? 'The trigger takes' : 'The triggers take'} ${events.join(', ')}.</p>
${form(token, '/event', 'Deliver', [
  select('event-key', 'key', 'Trigger', eventTriggers),
  json('event-event', 'event', 'Event, as JSON', 6),
])}`;
};

const functionForm = ({ manifest: { functions }, token }: AppPageParts): Html =>
  html`<h2>Call a function</h2>
<p>Any of the manifest, with a payload of yours, as nobody.</p>
${form(token, '/function', 'Call the function', [
  html`<label for="function-key">Function</label>
<select id="function-key" name="key">
${functions.map(({ key }) => html`<option>${key}</option>`)}
</select>`,
  json('function-payload', 'payload', 'Payload, as JSON'),
])}`;

const unsupportedList = ({ manifest: { unsupported } }: AppPageParts): Html | undefined =>
  unsupported.length === 0
    ? undefined
    : html`<h2>Not run here</h2>
<ul>
${unsupported.map(({ type, key, reason }) => html`<li>${type} ${key}: ${reason}.</li>`)}
</ul>`;

/** Everything of the app that can be run by hand. */
export const appPage = (parts: AppPageParts): Page => ({
  status: 200,
  title: 'Run the app by hand',
  formAction: "'self'",
  body: html`${[
    resolverForm(parts),
    webTriggerList(parts),
    scheduledForms(parts),
    eventForm(parts),
    functionForm(parts),
    unsupportedList(parts),
  ].filter((part) => part !== undefined)}`,
});

const back = html`<p><a href="/">Back to the app</a></p>`;

/** What a function gave. */
export const resultPage = (what: string, result: string, took: number): Page => ({
  status: 200,
  title: `${what} answered`,
  body: html`<p>It took ${took} ms.</p>
<pre tabindex="0">${result.split('\n').map((line) => html`${line}`)}</pre>
${back}`,
});

/** What a function threw. */
export const failurePage = (what: string, status: number, words: string): Page => ({
  status,
  title: `${what} failed`,
  body: html`<div class="warn" role="alert"><p>${words}</p></div>
<p>The server's log says more.</p>
${back}`,
});
