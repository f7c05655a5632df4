import { createTributary, type Tributary } from '@tributary/api';
import { dataCenter, dataCenterOAuth } from '@tributary/auth-providers';
import { type Sandbox, startSandbox } from '@tributary/sandbox';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { externalClient } from '../../src/index.js';
import type { ServeAddress } from '../../src/serve/index.js';
import { forgeApi } from '../support/forge-api.js';
import { sandboxClient } from '../support/sandbox-client.js';
import { resultOf, Visitor } from '../support/visitor.js';
import { tilesOfFile } from './tiles.js';

const { begin } = tilesOfFile();
let sandbox: Sandbox;
let wiki: Tributary;

/** Where the third party sends people back to; its OAuth client knows no other. */
const redirectUri = (): string => sandbox.dataCenter.client.redirectUris[0] ?? '';

beforeAll(async () => {
  const { origin } = await freeOrigin();
  sandbox = await startSandbox({ redirectUris: [`${origin}/external/callback`] });
});
afterAll(() => sandbox.close());

/** That of a port which was free a moment ago. */
const freeOrigin = async () => {
  const app = await begin(() => undefined);
  const { url } = app;
  await app[Symbol.asyncDispose]();
  return new URL(url);
};

beforeEach(() => {
  wiki = createTributary({
    site: dataCenter(sandbox.dataCenter.url),
    user: dataCenterOAuth({
      ...sandbox.dataCenter.client,
      redirectUri: redirectUri(),
      scopes: ['READ'],
    }),
  });
});
afterEach(() => wiki[Symbol.asyncDispose]());

const whoAmIThere = async () => {
  const there = forgeApi.asUser().withProvider('wiki');
  if (!(await there.hasCredentials())) await there.requestCredentials();
  return (await (await there.fetch('/rest/api/user/current')).json()).displayName;
};

const serveIt = (changes: object = {}) =>
  begin(whoAmIThere, {
    tributary: ({ redirectUri: own }: ServeAddress) => sandboxClient(sandbox, ['read:me'], own),
    externalAuth: { wiki: externalClient(wiki) },
    ...changes,
  });

const call = { module: 'tile', functionKey: 'any', payload: '', context: '' };

test('who has no grant with a third party is sent there, and comes back', async () => {
  const { url, post, lines } = await serveIt();
  const visitor = new Visitor();
  await visitor.open(url);
  const asked = await visitor.click('Call', call);
  expect([asked.status, asked.heading]).toEqual([401, 'wiki has to be allowed first']);
  expect(asked.html).toContain(sandbox.dataCenter.url);
  expect(lines.at(-1)).toMatch(/^resolver any needs consent \d+ ms$/);
  const [, way = ''] = /<a href="([^"]*)">Allow access/.exec(asked.html) ?? [];
  await visitor.open(way.replaceAll('&amp;', '&'));
  const { email, password, displayName } = sandbox.people.editor;
  await visitor.click('Log in', { email, password });
  const granted = await visitor.click('Accept');
  expect([granted.status, granted.heading]).toEqual([200, 'wiki is allowed']);
  await visitor.open(url);
  expect(resultOf(await visitor.click('Call', call))).toBe(displayName);
  expect(await (await post('/resolver', { functionKey: 'any' })).json()).toEqual({
    result: displayName,
  });
  // What came back once is spent.
  const again = await fetch(granted.url);
  expect(again.status).toBe(400);
});

test('a program is told where that is', async () => {
  const { post } = await serveIt();
  const response = await post('/resolver', { functionKey: 'any' });
  expect([response.status, response.headers.get('content-type')]).toEqual([
    401,
    'application/problem+json',
  ]);
  const { consentUrl, scopes } = await response.json();
  expect(consentUrl).toContain(`${sandbox.dataCenter.url}/rest/oauth2/latest/authorize?`);
  expect(scopes).toEqual(['READ']);
});

test('who says no is told so; who comes with something else, or as somebody else, is refused', async () => {
  let user = { id: 'ada' };
  const { post, url } = await serveIt({ user: () => user });
  const begun = async () => {
    const response = await post('/resolver', { functionKey: 'any' });
    const { consentUrl } = await response.json();
    return new URL(consentUrl).searchParams.get('state');
  };
  const back = (query: string) => fetch(`${url}/external/callback?${query}`);
  const denied = await back(`error=access_denied&state=${await begun()}`);
  expect([denied.status, await denied.text()]).toEqual([403, expect.stringContaining('said no')]);
  expect((await back('code=guessed&state=guessed')).status).toBe(400);
  expect((await back('')).status).toBe(400);
  const state = await begun();
  user = { id: 'ben' };
  expect((await back(`code=x&state=${state}`)).status).toBe(400);
  user = { id: 'ada' };
  const wrong = await back(`code=x&state=${await begun()}`);
  expect([wrong.status, await wrong.text()]).toEqual([
    500,
    expect.stringContaining('CONSENT_CALLBACK'),
  ]);
});

test('who only looks ahead at the way back spends nothing', async () => {
  const { post, url } = await serveIt();
  const { consentUrl } = await (await post('/resolver', { functionKey: 'any' })).json();
  const state = new URL(consentUrl).searchParams.get('state');
  const back = (method: string) =>
    fetch(`${url}/external/callback?error=access_denied&state=${state}`, { method });
  for (const method of ['HEAD', 'POST']) {
    const { status, headers } = await back(method);
    expect([status, headers.get('allow')]).toEqual([405, 'GET']);
  }
  expect((await back('GET')).status).toBe(403);
});

test('a client that is registered for another address is an error that names it', async () => {
  const other = createTributary({
    site: dataCenter(sandbox.dataCenter.url),
    user: dataCenterOAuth({
      ...sandbox.dataCenter.client,
      redirectUri: 'http://localhost:1/other',
      scopes: ['READ'],
    }),
  });
  const { post } = await serveIt({ externalAuth: { wiki: externalClient(other) } });
  const response = await post('/resolver', { functionKey: 'any' });
  expect(await response.json()).toMatchObject({
    code: 'CONFIG_INVALID',
    detail: `externalAuth.wiki: sends people back to http://localhost:1/other; register ${redirectUri()} for it`,
  });
  await other[Symbol.asyncDispose]();
});
