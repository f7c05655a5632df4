import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTributary } from '@tributary/api';
import { apiToken, cloud, singleUser } from '@tributary/auth-providers';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { type DefineAppOptions, parseManifest, type ServeOptions } from '../../src/serve/index.js';
import { forgeApi, loadForgeApiAnew } from '../support/forge-api.js';
import { Visitor } from '../support/visitor.js';
import { createStand, type Served } from './served.js';

const { default: api, route, webTrigger } = forgeApi;

const MANIFEST = parseManifest(
  `app:
  id: ari:cloud:ecosystem::app/1234
modules:
  macro:
    - key: tile
      resource: main
      resolver: { function: run }
  consumer:
    - key: jobs
      queue: jobs
      function: run
  webtrigger:
    - { key: hook, function: run }
    - key: fixed
      function: run
      response:
        type: static
        outputs: [{ key: gone, statusCode: 410 }]
  scheduledTrigger:
    - { key: often, function: run, interval: fiveMinute }
  trigger:
    - { key: made, function: run, events: [avi:confluence:created:page] }
  function:
    - { key: run, handler: index.run }
permissions:
  scopes: [read:space:confluence]
  external:
    fetch:
      backend: [allowed.example.com]
`,
  '/somewhere/tiles/manifest.yml',
);

const stand = createStand();
let served: Served | undefined;

afterEach(async () => {
  await served?.[Symbol.asyncDispose]();
  served = undefined;
});
afterAll(() => stand[Symbol.asyncDispose]());

type Run = (payload: never, context: never) => unknown;

const begin = async (run: Run, options: Partial<ServeOptions> = {}): Promise<Served> => {
  const app: DefineAppOptions = { manifest: MANIFEST, handlers: { run } };
  served = await stand.serve(app, options);
  return served;
};

const urlOf = ({ server }: Served, key = 'hook'): string =>
  server.webTriggers.find(({ triggerKey }) => triggerKey === key)?.url ?? '';

const ME = route`/wiki/rest/api/user/current`;

describe('at the start', () => {
  test('says where it is, and lists what of the manifest it does not run', async () => {
    const { lines, url } = await begin(() => undefined);
    expect(lines).toEqual([
      `tiles runs at ${url}/`,
      expect.stringMatching(/^webtrigger hook: http:\/\/localhost:\d+\/x1\/[\w-]{24}$/),
      expect.stringMatching(/^webtrigger fixed: /),
      expect.stringMatching(/^not run: consumer jobs \(line 9\): there are no queues/),
    ]);
  });

  test.for([
    [{ port: 70_000 }, 'port: must be'],
    [{ host: '0.0.0.0' }, 'user: is needed'],
    [{ publicUrl: 'https://app.example.com' }, 'user: is needed'],
    [{ host: '0.0.0.0', user: () => undefined }, 'publicUrl: is needed'],
    [{ publicUrl: 'app' }, 'publicUrl: is no URL'],
    [{ grace: -1 }, 'grace: must be'],
    [{ schedule: { firstRun: Number.NaN } }, 'schedule.firstRun: must be'],
    [{ webTriggerId: () => 'same' }, 'webTriggerId: must give'],
  ] as const)('%j is refused', async ([options, message]) => {
    await expect(begin(() => undefined, options)).rejects.toThrow(message);
    // What was opened is closed again: the port is free.
    await begin(() => undefined);
  });

  test('a port that is in use, and a second app in the process', async () => {
    const { url } = await begin(() => undefined);
    const port = Number(new URL(url).port);
    await expect(stand.serve({ manifest: MANIFEST }, { port })).rejects.toThrow(
      `port: ${port} is in use`,
    );
    await expect(stand.serve({ manifest: MANIFEST }, { port: 0 })).rejects.toThrow(
      'install: was called already',
    );
  });

  test('handlers that the manifest has no function for', async () => {
    const app = { manifest: MANIFEST, handlers: { walk: () => undefined } };
    await expect(stand.serve(app)).rejects.toThrow(/handlers\.walk: is no function .*: run$/);
  });
});

describe('a web trigger', () => {
  test('is called with what Forge calls it with', async () => {
    const { url } = await begin(
      (request, context) => ({ statusCode: 200, body: JSON.stringify({ request, context }) }),
      { webTriggerId: (key) => `the-${key}`, contextAri: 'ari:cloud:confluence::site/9' },
    );
    const { hostname, port } = new URL(url);
    const body = await new Promise<string>((resolve, reject) => {
      const sent = send(
        {
          host: hostname,
          port,
          method: 'PATCH',
          path: '/x1/the-hook/a%20b/c?x=1&x=2&list=a,b&__proto__=3',
          headers: { 'X-Mixed-Case': ['one', 'two'], Origin: 'https://elsewhere.example' },
        },
        async (response) => {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk);
          resolve(Buffer.concat(chunks).toString());
        },
      );
      sent.on('error', reject).end('{"a":"ä"}');
    });
    const { request, context } = JSON.parse(body);
    expect(request).toMatchObject({
      method: 'PATCH',
      body: '{"a":"ä"}',
      path: '/x1/the-hook/a%20b/c',
      userPath: '/a%20b/c',
      headers: { 'X-Mixed-Case': ['one', 'two'], Origin: ['https://elsewhere.example'] },
    });
    expect(Object.entries(request.queryParameters)).toEqual([
      ['x', ['1', '2']],
      ['list', ['a,b']],
      ['__proto__', ['3']],
    ]);
    expect(context).toEqual({ installContext: 'ari:cloud:confluence::site/9' });
  });

  test('answers as the function says; what belongs to the connection is left out', async () => {
    const served = await begin(() => ({
      statusCode: 201,
      statusText: 'Made',
      headers: { 'Set-Cookie': ['a=1', 'b=2'], 'Content-Length': ['1'], 'X-One': 'text' },
      body: 'done',
    }));
    const response = await fetch(urlOf(served));
    expect([response.status, response.statusText, await response.text()]).toEqual([
      201,
      'Made',
      'done',
    ]);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('x-one')).toBe('text');
    expect(served.lines.at(-1)).toMatch(/^webtrigger hook GET 201 \d+ ms$/);
  });

  test.for([
    [undefined],
    ['text'],
    [{ statusCode: '200' }],
    [{ statusCode: 99 }],
    [{ statusCode: 200, body: { a: 1 } }],
    [{ statusCode: 200, headers: { a: [1] } }],
    [{ statusCode: 200, headers: 'a' }],
    [{ outputKey: 'gone' }],
  ])('a result that is no answer is a 500: %j', async ([result]) => {
    const served = await begin(() => result);
    const response = await fetch(urlOf(served));
    expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error\n']);
    expect(served.lines.at(-1)).toMatch(/WebTriggerAnswerError/);
  });

  test('a static one gives one of its answers, and no other', async () => {
    let outputKey = 'gone';
    const served = await begin(() => ({ outputKey, statusCode: 200, body: 'leaked' }));
    const response = await fetch(urlOf(served, 'fixed'));
    expect([response.status, await response.text()]).toEqual([410, '']);
    outputKey = 'other';
    expect((await fetch(urlOf(served, 'fixed'))).status).toBe(500);
  });

  test('an error is a 500 that says nothing; the log says all', async () => {
    const served = await begin(() => {
      throw new Error('of the app');
    });
    const response = await fetch(urlOf(served));
    expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error\n']);
    expect(served.lines.at(-1)).toMatch(/^webtrigger hook GET failed \d+ ms\nError: of the app/);
  });

  test('500 KiB are taken, more is not', async () => {
    const served = await begin((request: { body: string }) => ({
      statusCode: 200,
      body: String(request.body.length),
    }));
    const post = (size: number) => fetch(urlOf(served), { method: 'POST', body: 'x'.repeat(size) });
    expect(await (await post(500 * 1024)).text()).toBe(String(500 * 1024));
    expect((await post(500 * 1024 + 1)).status).toBe(413);
  });

  test('the app gets its addresses, ends one and makes another', async () => {
    const served = await begin(async () => {
      const before = await webTrigger.getUrl('hook');
      await webTrigger.deleteUrl(before);
      const left = await webTrigger.queryUrls();
      return { before, left, after: await webTrigger.getUrl('hook') };
    });
    const first = urlOf(served);
    const { result } = await (await served.post('/function', { key: 'run' })).json();
    expect(result).toEqual({
      before: first,
      left: [{ moduleKey: 'fixed', url: urlOf(served, 'fixed') }],
      after: urlOf(served),
    });
    expect(result.after).not.toBe(first);
    expect((await fetch(first)).status).toBe(404);
  });
});

describe('who the app acts as', () => {
  const personal: Partial<ServeOptions> = {
    tributary: () => {
      const { sandbox } = served ?? known;
      const { email, apiToken: token } = sandbox.people.editor;
      return createTributary({
        site: cloud(sandbox.siteUrl, { gateway: sandbox.gatewayUrl }),
        app: apiToken({ email, token }),
        user: singleUser(apiToken({ email, token })),
      });
    },
  };
  let known: Served;
  const whoAmI = async () => {
    const response = await api.asUser().requestConfluence(ME);
    return (await response.json()).displayName;
  };

  test('nobody, in triggers, events and functions, also with a credential of ones own', async () => {
    known = await begin(whoAmI);
    await known[Symbol.asyncDispose]();
    const { post } = await begin(whoAmI, personal);
    for (const [path, key, type] of [
      ['/scheduled', 'often', 'scheduledTrigger'],
      ['/event', 'made', 'trigger'],
      ['/function', 'run', 'function'],
    ] as const) {
      const response = await post(path, { key, event: {} });
      expect(response.status).toBe(500);
      expect(await response.json()).toEqual({
        title: 'PrincipalError',
        status: 500,
        code: 'PRINCIPAL_UNAVAILABLE',
        detail: `asUser() needs an invoking user, and ${type} is invoked by nobody; call asApp(), or asUser(accountId) where the app may impersonate`,
      });
    }
    expect((await fetch(urlOf(served as Served))).status).toBe(500);
    expect(served?.lines.at(-1)).toMatch(/webtrigger is invoked by nobody/);
  });

  test('whoever started the server, at its page', async () => {
    const { post } = await begin(whoAmI, personal);
    const response = await post('/resolver', { functionKey: 'any' });
    expect(await response.json()).toEqual({
      result: known.sandbox.people.editor.displayName,
    });
  });

  test('whoever a session says, where there are others: not with a personal credential', async () => {
    let user: { id: string } | undefined = { id: 'ada' };
    const { post, url } = await begin(whoAmI, { ...personal, user: () => user });
    const response = await post('/resolver', { functionKey: 'any' });
    expect(await response.json()).toMatchObject({ code: 'PRINCIPAL_UNAVAILABLE' });
    user = undefined;
    expect((await fetch(url)).status).toBe(403);
    expect((await post('/resolver', { functionKey: 'any' })).status).toBe(403);
  });

  test('a program is told where consent is given', async () => {
    const { post, url } = await begin(whoAmI);
    const response = await post('/resolver', { functionKey: 'any' });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      consentUrl: expect.stringMatching(new RegExp(`^${url}/consent/`)),
    });
    expect(served?.lines.at(-1)).toMatch(/^resolver any needs consent \d+ ms$/);
  });
});

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
    const { url } = await begin(() => ({ statusCode: 200, body: 'hooked' }));
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
    expect(await ask(new URL(urlOf(served as Served)).pathname, 'tunnel.example')).toBe(200);
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

describe('hosts', () => {
  test("the app's calls keep to the manifest's; the rest of the process does not", async () => {
    const other = createServer((_, response) => response.end('here'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const away = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    try {
      const { post } = await begin(async () => [
        await fetch(away).catch((error: Error) => error.name),
        await loadForgeApiAnew()
          .fetch(away)
          .catch((error: Error) => error.name),
      ]);
      expect(await (await fetch(away)).text()).toBe('here');
      const { result } = await (await post('/function', { key: 'run' })).json();
      expect(result).toEqual(['REQUEST_EGRESS_ALLOWLIST_ERR', 'REQUEST_EGRESS_ALLOWLIST_ERR']);
    } finally {
      other.close();
      other.closeAllConnections();
    }
  });
});

describe('scopes', () => {
  const calls = async () => {
    await api.asApp().requestConfluence(route`/wiki/api/v2/spaces`);
    await api.asApp().requestConfluence(route`/wiki/api/v2/pages/${'1'}/labels`);
    await api.asApp().requestConfluence(route`/wiki/api/v2/pages/${'2'}/labels`);
    await api.asApp().requestConfluence(route`/wiki/rest/api/no-such/${'secret'}?q=${'secret'}`);
  };
  const warned = ({ lines }: Served) => lines.filter((line) => line.startsWith('warning: '));

  test('one that is not in the manifest is a warning, once for each endpoint', async () => {
    const served = await begin(calls);
    await served.post('/function', { key: 'run' });
    await served.post('/function', { key: 'run' });
    expect(warned(served)).toEqual([
      'warning: GET /wiki/api/v2/pages/{}/labels wants the scope read:page:confluence; add read:page:confluence to permissions.scopes of the manifest',
      'warning: confluence GET /wiki/rest/api/no-such/{}: unknown endpoint, its scopes were not checked',
    ]);
  });

  test('or an error, before anything is sent', async () => {
    const { post, sandbox } = await begin(calls, { scopes: 'error' });
    const before = sandbox.requests.length;
    const response = await post('/function', { key: 'run' });
    expect(await response.json()).toMatchObject({
      title: 'ScopeMissingError',
      code: 'FORGE_SCOPE_MISSING',
    });
    expect(sandbox.requests.slice(before).map(({ path }) => path)).toEqual(['/wiki/api/v2/spaces']);
  });

  test('or nothing', async () => {
    const served = await begin(calls, { scopes: 'off' });
    expect((await served.post('/function', { key: 'run' })).status).toBe(200);
    expect(warned(served)).toEqual([]);
  });
});
