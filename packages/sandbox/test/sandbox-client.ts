import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Person, type Sandbox, walkConsent } from '../src/index.js';

export type Headers = Readonly<Record<string, string>>;

export const basic = (person: Person, kind: 'apiToken' | 'scopedToken' = 'apiToken'): Headers => ({
  authorization: `Basic ${Buffer.from(`${person.email}:${person[kind]}`).toString('base64')}`,
});

export const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

/** The answer with its JSON; `body` is the text when it is none. */
export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: globalThis.Headers;
  readonly body: T;
}

export async function send<T = Record<string, unknown>>(
  url: string,
  headers: Headers = {},
  init: RequestInit = {},
): Promise<Answer<T>> {
  const response = await fetch(url, { ...init, headers });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
  return {
    status: response.status,
    headers: response.headers,
    body: (isJson ? JSON.parse(text) : text) as T,
  };
}

export const sendJson = <T = Record<string, unknown>>(
  url: string,
  headers: Headers,
  body: unknown,
  method = 'POST',
): Promise<Answer<T>> =>
  send<T>(
    url,
    { ...headers, 'content-type': 'application/json' },
    { method, body: JSON.stringify(body) },
  );

export interface Page {
  readonly id: string;
  readonly title: string;
  readonly spaceId: string;
  readonly parentId: string | null;
  readonly version: { readonly number: number; readonly createdAt: string };
  readonly body: { readonly storage?: { readonly value: string } };
}

export interface List<T> {
  readonly results: readonly T[];
  readonly _links: { readonly next?: string; readonly base: string };
}

export interface Failure {
  readonly errors: readonly {
    readonly status: number;
    readonly code: string;
    readonly title: string;
  }[];
}

export async function pageByTitle(sandbox: Sandbox, title: string): Promise<Page> {
  const query = new URLSearchParams({ title, 'body-format': 'storage' });
  const { body } = await send<List<Page>>(
    `${sandbox.siteUrl}/wiki/api/v2/pages?${query}`,
    basic(sandbox.people.admin),
  );
  const [page] = body.results;
  if (page === undefined) throw new Error(`no page is called ${title}`);
  return page;
}

/** An app that waits at a redirect URI and remembers what came. */
export async function startCallback(status = 200) {
  const arrived: URL[] = [];
  const server = createServer((request, response) => {
    arrived.push(new URL(request.url ?? '', 'http://127.0.0.1'));
    response.writeHead(status).end('You may close this window.');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    redirectUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`,
    arrived,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

export function authorizeUrl(
  sandbox: Sandbox,
  redirectUri: string,
  parameters: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({
    audience: 'api.atlassian.com',
    client_id: sandbox.client.clientId,
    scope: 'read:page:confluence read:me offline_access',
    redirect_uri: redirectUri,
    state: 'some-state',
    response_type: 'code',
    prompt: 'consent',
    ...parameters,
  });
  return `${sandbox.authUrl}/authorize?${query}`;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly error?: string;
  readonly error_description?: string;
}

export const requestToken = (
  sandbox: Sandbox,
  parameters: Readonly<Record<string, string>>,
): Promise<Answer<Tokens>> =>
  send<Tokens>(
    `${sandbox.authUrl}/oauth/token`,
    {},
    {
      method: 'POST',
      body: new URLSearchParams({
        client_id: sandbox.client.clientId,
        client_secret: sandbox.client.clientSecret,
        ...parameters,
      }),
    },
  );

export const refresh = (sandbox: Sandbox, token: string): Promise<Answer<Tokens>> =>
  requestToken(sandbox, { grant_type: 'refresh_token', refresh_token: token });

/** Walks the whole flow and gives the tokens. */
export async function obtainTokens(
  sandbox: Sandbox,
  callback: Awaited<ReturnType<typeof startCallback>>,
  scope: string,
  as = 'editor',
): Promise<Tokens> {
  await walkConsent({ as })(authorizeUrl(sandbox, callback.redirectUri, { scope }));
  const code = callback.arrived.at(-1)?.searchParams.get('code') ?? '';
  const { body } = await requestToken(sandbox, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: callback.redirectUri,
  });
  return body;
}
