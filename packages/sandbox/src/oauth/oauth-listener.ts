import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { Faults } from '../faults.js';
import { holdAnswer } from '../hold-answer.js';
import type { Journal } from '../journal.js';
import type { Listener } from '../listener.js';
import type { OAuthClient } from './client.js';
import { isJson, jsonToForm, readText, withFormBody } from './form-body.js';
import { answerInteraction } from './interaction.js';

interface OAuthListener {
  readonly listener: Listener;
  readonly provider: Provider;
  readonly client: OAuthClient;
  readonly journal: Journal;
  readonly faults: Faults;
}

/** Puts the OAuth server behind its port: journal, faults, own pages, then the library. */
export function serveOAuth(options: OAuthListener): void {
  const { listener, provider, client, journal, faults } = options;
  const library = provider.callback();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const entry = journal.open('auth', request, response);
    const path = entry.path.split('?')[0] ?? '';
    const isToken = path === '/oauth/token' && request.method === 'POST';
    if (isToken) entry.principal = 'app';
    const hit = faults.take('auth', entry.method, entry.path);
    if (hit) holdAnswer(response, hit.delayMs);
    if (hit?.answer) {
      request.resume();
      response.writeHead(hit.answer.status, { ...hit.answer.headers }).end(hit.answer.body);
    } else if (path.startsWith('/interaction/')) {
      await answerInteraction(provider, client, request, response);
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

  listener.serve((request, response) => {
    answer(request, response).catch(() => {
      // A client that went away mid-request; there is nobody left to tell.
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
}
