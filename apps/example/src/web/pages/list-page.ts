import { html } from 'hono/html';
import type { StalePage } from '../../app/stale-pages.js';
import type { Entry } from '../diary.js';
import type { AppUser, Face } from '../face.js';
import { type Html, page, text } from './layout.js';

export interface ListPage {
  readonly face: Face;
  readonly user: AppUser;
  readonly pages: readonly StalePage[];
  readonly entries: readonly Entry[];
  /** Whether this user has let the app act for them. */
  readonly isAllowed: boolean;
}

export const listPage = ({ face, user, pages, entries, isAllowed }: ListPage): Promise<Response> =>
  page({
    title: 'Which pages are stale?',
    user,
    body: html`${entries.length > 0 && whatHappened(entries)}
<p>As the app, it read which pages nobody has changed for ${face.report.staleDays} days or more; these are the stalest of each space. A comment is made as you: the first time you are asked to allow that.</p>
${face.people && logIns(face.people)}
<h2 id="pages">Pages</h2>
${pages.length === 0 ? html`<p>There are none.</p>` : html`<ul class="pages" aria-labelledby="pages">${pages.map((stale) => row(face, stale))}</ul>`}
<h2>Your consent</h2>
${isAllowed ? forget : html`<p>You have not allowed this app to act for you.</p>`}`,
  });

const row = ({ whyNot }: Face, { id, title, space, days }: StalePage): Html => {
  const readOnly = whyNot(id);
  return html`
<li><div><h3>${text(title)}</h3><p>${space && `${text(space)}, `}untouched for ${days} days</p></div>
<form method="post" action="/comment"><input type="hidden" name="page" value="${id}">
<button>${readOnly?.label ?? 'Comment as me'}<span class="unseen"> on ${text(title)}</span></button></form></li>`;
};

const forget = html`<p>You have allowed this app to act for you.</p>
<form method="post" action="/forget"><button>Forget my consent</button></form>`;

const whatHappened = (entries: readonly Entry[]): Html => html`<section aria-labelledby="happened">
<h2 id="happened">What happened</h2>
${entries.map(
  ({ at, isDone, text: words, link }) =>
    html`<div class="${isDone ? 'note' : 'warn'}"><p><time datetime="${at.toISOString()}">${at.toTimeString().slice(0, 8)}</time> ${text(words)} ${
      link && html`<a href="${link.href}">${link.words}</a>`
    }</p></div>`,
)}
</section>`;

const logIns = (people: NonNullable<Face['people']>): Html => html`
<h2>Whom you can log in as</h2>
<p>This is a sandbox. When its log-in page asks, be one of these made-up people:</p>
<dl>${people.map(
  ({ displayName, email, password }) =>
    html`<dt>${displayName}</dt><dd>${email}, password ${password}</dd>`,
)}</dl>`;
