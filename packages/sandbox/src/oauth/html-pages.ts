import { escapeHtml } from '../html.js';
import type { Person } from '../people.js';
import { scopeWords } from './scopes.js';

const style = `
  body { font: 1rem/1.5 system-ui, sans-serif; color: #172b4d; background: #f4f5f7; margin: 0; overflow-wrap: anywhere; }
  main { max-width: 26rem; margin: 3rem auto; padding: 1.5rem min(2rem, 5%); background: #fff; border-radius: .5rem; }
  .sandbox { background: #fff0b3; padding: .5rem .75rem; border-radius: .25rem; }
  .error { background: #ffebe6; padding: .5rem .75rem; border-radius: .25rem; }
  label { display: block; margin-top: 1rem; }
  input { font: inherit; width: 100%; box-sizing: border-box; padding: .4rem; }
  button { font: inherit; margin: 1.25rem .5rem 0 0; padding: .4rem 1rem; }
  table { border-collapse: collapse; font-size: .875rem; } td, th { text-align: left; padding: .2rem .6rem .2rem 0; }
`;

const notice =
  '<p class="sandbox"><strong>This is the Tributary sandbox</strong> on your own machine, not Atlassian. Type no real password here.</p>';

/** A whole page; `body` is HTML already. */
const layout = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – Tributary sandbox</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${notice}
${body}
</main>
</body>
</html>
`;

export interface LoginPage {
  readonly action: string;
  readonly people: readonly Person[];
  readonly email: string;
  /** What was wrong with the attempt before. */
  readonly problem?: string;
}

export function loginPage({ action, people, email, problem }: LoginPage): string {
  const rows = people.map(
    (person) =>
      `<tr><td>${escapeHtml(person.email)}</td><td>${escapeHtml(person.password)}</td></tr>`,
  );
  return layout(
    'Log in',
    `${problem ? `<p class="error" role="alert">${escapeHtml(problem)}</p>` : ''}
<form method="post" action="${escapeHtml(action)}">
<label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="off" required value="${escapeHtml(email)}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="off" required>
<button type="submit">Log in</button>
</form>
<h2>Who lives here</h2>
<table><thead><tr><th scope="col">Email</th><th scope="col">Password</th></tr></thead>
<tbody>${rows.join('')}</tbody></table>`,
  );
}

export interface ConsentPage {
  readonly action: string;
  readonly appName: string;
  readonly person: Person | undefined;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
}

export function consentPage(page: ConsentPage): string {
  const scopes = page.scopes.map(
    (name) => `<li>${escapeHtml(scopeWords[name] ?? name)} <code>${escapeHtml(name)}</code></li>`,
  );
  return layout(
    `${page.appName} asks for access`,
    `<p>You are logged in as <strong>${escapeHtml(page.person?.displayName ?? 'nobody')}</strong>.
If you accept, <strong>${escapeHtml(page.appName)}</strong> may, with your rights:</p>
<ul>${scopes.join('')}</ul>
<p>You will be sent back to <code>${escapeHtml(page.redirectUri)}</code>.</p>
<form method="post" action="${escapeHtml(page.action)}">
<button type="submit" name="decision" value="accept">Accept</button>
<button type="submit" name="decision" value="deny">Deny</button>
<button type="submit" name="decision" value="switch">Log in as somebody else</button>
</form>`,
  );
}

export const errorPage = (error: string, description: string | undefined): string =>
  layout(
    'This did not work',
    `<p class="error" role="alert">${escapeHtml(description ?? 'No more is known.')}</p>
<p>Error code: <code>${escapeHtml(error)}</code></p>`,
  );
