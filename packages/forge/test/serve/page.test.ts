import { request as send } from 'node:http';
import { describe, expect, test, vi } from 'vitest';
import { Visitor } from '../support/visitor.js';
import { tilesOfFile, urlOf } from './tiles.js';

const { begin } = tilesOfFile();

describe('the page', () => {
  test('has a form with labels for all that can be run', async () => {
    const { url } = await begin(() => undefined);
    const { html, heading, headers } = await new Visitor().open(url);
    expect(heading).toBe('Run the app by hand');
    expect([...html.matchAll(/<h2>([^<]*)/g)].map(([, text]) => text)).toEqual([
      'Call a resolver function',
      'Web triggers',
      'Scheduled triggers',
      'Deliver an event',
      'Call a function',
      'Not run here',
    ]);
    const fields = [...html.matchAll(/<(?:input|select|textarea)\b([^>]*)>/g)]
      .map(([, tag = '']) => tag)
      .filter((tag) => !tag.includes('hidden'));
    expect(fields.length).toBe(8);
    for (const tag of fields) {
      const [, id] = /id="([^"]*)"/.exec(tag) ?? [];
      expect(html.split(`for="${id}"`)).toHaveLength(2);
    }
    expect(html).toMatch(/often: each fiveMinute, next at 20\d\d-/);
    expect(html).not.toContain('<script');
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
    );
  });

  test('shows a result and an error, as text', async () => {
    let fails = false;
    const { url } = await begin((payload: { call?: unknown }) => {
      if (fails) throw new Error('<b>not</b> so');
      return { text: '<script>"&amp;', more: '\u202e', call: payload.call };
    });
    const visitor = new Visitor();
    await visitor.open(url);
    const call = () =>
      visitor.click('Call', { module: 'tile', functionKey: 'say', payload: '[1]', context: '' });
    const answered = await call();
    expect(answered.heading).toBe('resolver say answered');
    expect(answered.html).toContain('&lt;script&gt;');
    // A mark that turns text around is shown, not obeyed.
    expect(answered.html).toContain('\\u{202e}');
    expect(answered.html).not.toContain('\u202e');
    expect(answered.html).toContain('&quot;functionKey&quot;: &quot;say&quot;');
    fails = true;
    await visitor.open(url);
    const failed = await call();
    expect([failed.status, failed.heading]).toEqual([500, 'resolver say failed']);
    expect(failed.html).toContain('Error: &lt;b&gt;not&lt;/b&gt; so');
  });

  test('what is no JSON is said to be none, and a 400', async () => {
    const { url } = await begin(() => undefined);
    const visitor = new Visitor();
    await visitor.open(url);
    const shown = await visitor.click('Deliver', { key: 'made', event: '{a' });
    expect(shown.status).toBe(400);
    expect(shown.html).toContain('ConfigError: event: is no JSON');
  });

  test('a resolver knows where its module is', async () => {
    const { post, url, sandbox } = await begin(
      (payload: { context: unknown }, context: unknown) => [payload.context, context],
      { installation: { ari: 'x' }, license: { isActive: true } },
    );
    const sent = {
      functionKey: 'a',
      context: { locale: 'de', extension: { content: { id: '7' } } },
    };
    const { result } = await (await post('/resolver', sent)).json();
    expect(url).toMatch(/^http:\/\/localhost:\d+$/);
    expect(result).toEqual([
      {
        cloudId: 'local',
        siteUrl: new URL(sandbox.siteUrl).origin,
        environmentId: 'local',
        environmentType: 'DEVELOPMENT',
        moduleKey: 'tile',
        localId: 'ari:cloud:ecosystem::extension/1234/local/static/tile',
        locale: 'de',
        extension: { type: 'macro', content: { id: '7' } },
      },
      {
        installContext: 'ari:cloud:confluence::site/local',
        installation: { ari: 'x' },
        license: { isActive: true },
      },
    ]);
  });

  test.for([
    ['/resolver', { module: 'other', functionKey: 'a' }, 'module: must be the key'],
    ['/scheduled', {}, 'scheduledTrigger: must be the key of one of the manifest'],
    ['/event', { key: 'x' }, 'trigger: must be the key'],
    ['/function', { key: 'x' }, 'function: x is no function of the manifest'],
  ] as const)('%s %j is a 400 that says what there is', async ([path, body, detail]) => {
    const { post } = await begin(() => undefined);
    const response = await post(path, body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect((await response.json()).detail).toContain(detail);
  });
});

describe('who may send', () => {
  const body = JSON.stringify({ key: 'run' });

  test.for([
    ["another site's page", 403, { origin: 'https://evil.example' }],
    ["another site's page, as browsers tell", 403, { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', 403, { 'sec-fetch-site': 'same-site' }],
    ['what a form can send without asking', 415, { 'content-type': 'text/plain' }],
    ['a form without the token', 403, { 'content-type': 'application/x-www-form-urlencoded' }],
  ] as const)('not %s', async ([, status, headers]) => {
    const run = vi.fn();
    const { post } = await begin(run);
    expect((await post('/function', body, headers)).status).toBe(status);
    expect((await post('/function', body)).status).toBe(200);
    expect(run).toHaveBeenCalledTimes(1);
  });

  test('nobody who calls the server by a name of their own', async () => {
    const served = await begin(() => ({ statusCode: 200, body: 'hooked' }));
    const { url } = served;
    const ask = (path: string, host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const { port } = new URL(url);
        const sent = send({ host: 'localhost', port, path, headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.on('error', reject).end();
      });
    const { host, port } = new URL(url);
    expect(await ask('/', `evil.example:${port}`)).toBe(421);
    expect(await ask('/', host)).toBe(200);
    expect(await ask('/', `127.0.0.1:${port}`)).toBe(200);
    // A tunnel has a name of its own.
    expect(await ask(new URL(urlOf(served)).pathname, 'tunnel.example')).toBe(200);
  });

  test('nothing but JSON objects, and by POST', async () => {
    const { post, url } = await begin(() => undefined);
    expect((await post('/function', '{')).status).toBe(400);
    expect((await post('/function', '[]')).status).toBe(400);
    const got = await fetch(`${url}/function`);
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    expect((await fetch(`${url}/x1/guessed`)).status).toBe(404);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(405);
  });
});
