import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { people, personByEmail, personById } from '../people.js';
import type { Flavour } from './flavour.js';
import { readText } from './form-body.js';
import { consentPage, errorPage, loginPage } from './html-pages.js';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

const everybody = Object.values(people);

/** Answers the flavour's `interactionPath`: the log-in page, then the consent page. */
export async function answerInteraction(
  provider: Provider,
  flavour: Flavour,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let interaction: Interaction;
  try {
    interaction = await provider.interactionDetails(request, response);
  } catch {
    const text = 'This log-in has ended. Go back to the app and start again.';
    return sendPage(response, 400, errorPage('interaction_not_found', text));
  }
  const action = `${flavour.interactionPath}${interaction.uid}`;
  if (request.url?.split('?')[0] !== action) {
    return sendPage(response, 404, errorPage('not_found', 'There is no such page.'));
  }
  if (request.method === 'GET')
    return sendPage(response, 200, pageFor(interaction, flavour, action));
  if (request.method !== 'POST') {
    return sendPage(response, 405, errorPage('method_not_allowed', 'Use the form on the page.'));
  }
  const form = new URLSearchParams((await readText(request)) ?? '');
  return interaction.prompt.name === 'login'
    ? logIn(provider, action, form, request, response)
    : decide({ provider, flavour, interaction }, form, request, response);
}

function pageFor(interaction: Interaction, { client }: Flavour, action: string): string {
  if (interaction.prompt.name === 'login') {
    const hint = interaction.params.login_hint;
    return loginPage({ action, people: everybody, email: typeof hint === 'string' ? hint : '' });
  }
  return consentPage({
    action,
    appName: client.name,
    person: personById(interaction.session?.accountId ?? ''),
    scopes: askedScopes(interaction),
    redirectUri: String(interaction.params.redirect_uri),
  });
}

async function logIn(
  provider: Provider,
  action: string,
  form: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const email = form.get('email') ?? '';
  const person = personByEmail(email);
  if (person === undefined || person.password !== form.get('password')) {
    const problem = 'Email or password is wrong. The right ones stand below.';
    const page = loginPage({ action, people: everybody, email, problem });
    return sendPage(response, 401, page);
  }
  const login = { accountId: person.accountId };
  const options = { mergeWithLastSubmission: false };
  return provider.interactionFinished(request, response, { login }, options);
}

interface Asking {
  readonly provider: Provider;
  readonly flavour: Flavour;
  readonly interaction: Interaction;
}

async function decide(
  { provider, flavour, interaction }: Asking,
  form: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (form.get('decision')) {
    case 'accept': {
      const consent = { grantId: await saveGrant(provider, interaction) };
      const options = { mergeWithLastSubmission: true };
      return provider.interactionFinished(request, response, { consent }, options);
    }
    case 'deny': {
      const denial = {
        error: 'access_denied',
        error_description: 'User did not authorize the request',
      };
      const options = { mergeWithLastSubmission: false };
      return provider.interactionFinished(request, response, denial, options);
    }
    case 'switch':
      return startOver({ provider, flavour, interaction }, response);
    default:
      return sendPage(response, 400, errorPage('invalid_request', 'Choose accept or deny.'));
  }
}

async function saveGrant(provider: Provider, interaction: Interaction): Promise<string> {
  const grant = new provider.Grant({
    accountId: interaction.session?.accountId ?? '',
    clientId: String(interaction.params.client_id),
  });
  grant.addOIDCScope(askedScopes(interaction).join(' '));
  return grant.save();
}

function askedScopes(interaction: Interaction): string[] {
  const { missingOIDCScope } = interaction.prompt.details;
  return Array.isArray(missingOIDCScope) ? missingOIDCScope.map(String) : [];
}

// Forgets who is logged in and asks the same again.
async function startOver(
  { provider, flavour, interaction }: Asking,
  response: ServerResponse,
): Promise<void> {
  await interaction.destroy();
  const query = new URLSearchParams(
    Object.entries(interaction.params).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
  response.writeHead(303, {
    location: `${flavour.authorizePath}?${query}`,
    'set-cookie': `${provider.cookieName('session')}=; Path=/; Max-Age=0; HttpOnly`,
  });
  response.end();
}

function sendPage(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  });
  response.end(html);
}
