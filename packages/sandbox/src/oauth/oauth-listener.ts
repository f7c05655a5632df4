import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { Faults } from '../faults.js';
import { holdAnswer } from '../hold-answer.js';
import type { Journal } from '../journal.js';
import type { RequestHandler } from '../listener.js';
import type { Flavour } from './flavour.js';
import { isJson, jsonToForm, readText, withFormBody } from './form-body.js';
import { answerInteraction } from './interaction.js';

interface OAuthListener {
  readonly provider: Provider;
  readonly flavour: Flavour;
  readonly journal: Journal;
  readonly faults: Faults;
}

/** What stands behind the OAuth server's port: journal, faults, own pages, then the library. */
export function oauthHandler(options: OAuthListener): RequestHandler {
  const { provider, flavour, journal, faults } = options;
  const library = provider.callback();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const entry = journal.open(flavour.name, request, response);
    const path = entry.path.split('?')[0] ?? '';
    const isToken = path === flavour.tokenPath && request.method === 'POST';
    if (isToken) entry.principal = 'app';
    const hit = faults.take(flavour.name, entry.method, entry.path);
    if (hit) holdAnswer(response, hit.delayMs);
    if (hit?.answer) {
      request.resume();
      response.writeHead(hit.answer.status, { ...hit.answer.headers }).end(hit.answer.body);
    } else if (path.startsWith(flavour.interactionPath)) {
      await answerInteraction(provider, flavour, request, response);
    } else if (isToken && isJson(request)) {
      await answerJsonToken(request, response);
    } else {
      await library(request, response);
    }
  };

  const answerJsonToken = async (request: IncomingMessage, response: ServerResponse) => {
    const form = jsonToForm((await readText(request)) ?? '');
    if (form !== undefined) return library(withFormBody(request, form), response);
    const body = {
      error: 'invalid_request',
      error_description: 'failed to parse the request body',
    };
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    return undefined;
  };

  return (request, response) => {
    answer(request, response).catch(() => {
      // A client that went away mid-request; there is nobody left to tell.
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  };
}
