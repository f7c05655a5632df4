import { html } from 'hono/html';
import type { Face } from '../face.js';
import { page } from './layout.js';

/** The app's own sign-in, which has nothing to do with Atlassian's log-in. */
export const signInPage = ({ users, signInCode }: Face, isWrong = false): Promise<Response> =>
  page({
    title: 'Sign in to this app',
    status: isWrong ? 403 : 200,
    body: html`${isWrong && html`<p class="warn" role="alert">That is not the code that the terminal shows. Try again.</p>`}
<p>A real app has users and passwords of its own, or single sign-on. ${
      signInCode === undefined
        ? 'This one has made-up users: choose who you are.'
        : 'This one has you, and knows you by the code that its terminal shows.'
    } It is not your Atlassian account: what the app may do there, you are asked later.</p>
<form method="post" action="/sign-in">
${
  signInCode !== undefined &&
  html`<label for="code">Code from the terminal</label>
<input id="code" name="code" autocomplete="off" spellcheck="false" required>`
}
<div class="buttons">${users.map(
      ({ id, name }) =>
        html`<button class="first" name="user" value="${id}">Sign in as ${name}</button>`,
    )}</div>
</form>`,
  });
