import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  cloud,
  memoryGrants,
  memoryStorage,
  oauth,
  personalAccessToken,
} from '@tributary/auth-providers';
import { type AnywhereMiddleware, type GrantStorage, noRetry } from '@tributary/pipeline';
import {
  BUDGET,
  GRANT_STORE,
  OBSERVE,
  type Plugin,
  RETRY,
  TRANSPORT,
} from '@tributary/pipeline/di';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { startSandbox } from '@tributary/sandbox';
import { fakeTerminal } from '@tributary/testing';
import { budgetPlugin } from '@tributary/transport/di';
import { expect, test } from 'vitest';
import { createTributary, route } from '../src/index.js';
import { clientOver } from './chain.js';

const site = cloud('https://example.atlassian.net');

test('explains its chain, outermost first', () => {
  const { pipeline } = createTributary({ site });
  expect(
    pipeline
      .explain()
      .split('\n')
      .map((line) => line.split(/\s+/).slice(0, 2)),
  ).toEqual([
    ['resolve', 'resolve'],
    ['consent', 'consent'],
    ['retry', 'retry'],
    ['budget', 'budget'],
    ['auth', 'auth'],
    ['transport', 'ky'],
  ]);
});

test('a plugin takes the place of a default, and adds to a list', async () => {
  const seen: string[] = [];
  const log: AnywhereMiddleware = {
    name: 'log',
    wrap: (next) => (call) => {
      seen.push(call.template);
      return next(call);
    },
  };
  const mine: Plugin = {
    name: 'mine',
    register(registry) {
      registry.provide(RETRY, { useValue: noRetry });
      registry.add(OBSERVE, { useValue: log });
    },
  };
  const { api, pipeline } = clientOver(new Response(), { plugins: [mine] });
  await api.asApp().requestConfluence(route`/wiki/api/v2/spaces`);
  expect(seen).toEqual(['/wiki/api/v2/spaces']);
  expect(pipeline.explain()).toMatch(/retry\s+no-retry/);
});

test.each([
  ['given settings', { concurrency: 1 }, 'budget'],
  ['switched off', false, 'no-budget'],
] as const)('the budget that is %s takes the place of the default', (_what, options, name) => {
  const mine: Plugin = {
    name: 'mine',
    register: (registry) =>
      registry.add(BUDGET, { useValue: { name: 'mine', wrap: (next) => next } }),
  };
  const budgetsOf = (plugins: Plugin[]) =>
    createTributary({ site, plugins })
      .pipeline.explain()
      .match(/(?<=^budget +)\S+/gm);
  expect(budgetsOf([budgetPlugin(options)])).toEqual([name]);
  // What is no budget of ours stands beside it.
  expect(budgetsOf([mine])).toEqual(['mine', 'budget']);
});

test('keeps grants where it is told, and closes that with itself', async () => {
  const read: string[] = [];
  let isOpen = true;
  const storage = memoryStorage();
  const grants: GrantStorage = {
    ...storage,
    links: {
      ...storage.links,
      read: async ({ userId }) => {
        read.push(userId);
        return undefined;
      },
    },
    dispose: async () => {
      isOpen = false;
    },
  };
  const user = oauth({
    clientId: 'id',
    clientSecret: 'secret',
    redirectUri: 'http://localhost:1/callback',
    scopes: ['read:me'],
  });
  const cloudId = '11111111-1111-4111-8111-111111111111';
  const client = clientOver(new Response(null, { status: 401 }), {
    grants,
    user,
    site: cloud('https://example.atlassian.net', { cloudId }),
  });
  const invocation = createInvocation({ surface: 'terminal', user: { id: 'ann' } });
  const call = () => client.api.asUser().requestConfluence(route`/wiki/api/v2/spaces`);
  await expect(runInInvocation(invocation, call)).rejects.toThrow('Authentication Required');
  expect(read).toContain('ann');
  await client[Symbol.asyncDispose]();
  expect(isOpen).toBe(false);
});

test('two plugins that provide the same are an error that names both', () => {
  const provideStore = (name: string): Plugin => ({
    name,
    register: (registry) => registry.provide(GRANT_STORE, { useValue: memoryGrants() }),
  });
  const clash = () =>
    createTributary({ site, plugins: [provideStore('one'), provideStore('two')] });
  expect(clash).toThrow(/`two`.*`one`.*GRANT_STORE/);
});

test('two clients in one process share nothing', async () => {
  const answers = ['first', 'second'].map((body) => clientOver(new Response(body)));
  const texts = await Promise.all(
    answers.map(async ({ api }) => {
      const response = await api.asApp().requestConfluence(route`/wiki/api/v2/spaces`);
      return response.text();
    }),
  );
  expect(texts).toEqual(['first', 'second']);
});

test.each([
  ['site', () => createTributary({ site: 'https://example.atlassian.net' as never })],
  ['site', () => createTributary({ site: null as never })],
  ['timeout', () => createTributary({ site, timeout: 0 })],
  ['timeout', () => createTributary({ site, timeout: Number.NaN })],
])('names %s when it is wrong', (field, create) => {
  expect(create).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', field }));
});

test('a client without a site serves invocations that name one, and says so to all other calls', async () => {
  const { api, authorize, terminal } = clientOver(new Response(), { site: undefined });
  const spaces = route`/wiki/api/v2/spaces`;
  const refused = { code: 'CONFIG_INVALID', field: 'site' };
  await expect(api.asApp().requestConfluence(spaces)).rejects.toMatchObject(refused);
  const nowhere = createInvocation({ surface: 'web', user: { id: 'ada' } });
  const may = () => authorize().onConfluenceContent(1).canRead();
  await expect(runInInvocation(nowhere, may)).rejects.toMatchObject(refused);
  expect(terminal.calls).toHaveLength(0);

  const there = createInvocation({ surface: 'background', site });
  await runInInvocation(there, () => api.asApp().requestConfluence(spaces));
  expect(terminal.calls.map((call) => call.site)).toEqual([site]);
});

test('a credential that can not work at the site is an error at once', () => {
  expect(() => createTributary({ site, app: personalAccessToken({ token: 'pat' }) })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID' }),
  );
});

test('closes what it was given to close, once', async () => {
  let closed = 0;
  const terminal = {
    ...fakeTerminal(new Response()),
    dispose: async () => {
      closed += 1;
    },
  };
  const wire: Plugin = {
    name: 'wire',
    register: (registry) => registry.provide(TRANSPORT, { useFactory: () => terminal }),
  };
  const tributary = createTributary({ site, plugins: [wire] });
  await tributary[Symbol.asyncDispose]();
  await tributary.pipeline[Symbol.asyncDispose]();
  expect(closed).toBe(1);
});

test('refuses calls after it was disposed of', async () => {
  const client = clientOver(new Response());
  await client[Symbol.asyncDispose]();
  await expect(client.api.asApp().requestConfluence(route`/wiki/api/v2/spaces`)).rejects.toThrow(
    /disposed of/,
  );
  expect(client.terminal.calls).toHaveLength(0);
});

test('the process exits by itself after real calls', async () => {
  await using sandbox = await startSandbox();
  const script = `
    import { createTributary, route } from '@tributary/api';
    import { apiToken, cloud, oauth } from '@tributary/auth-providers';
    const site = cloud(process.env.SITE_URL);
    const tributary = createTributary({ site, app: apiToken({ email: process.env.EMAIL, token: process.env.TOKEN }) });
    const response = await tributary.asApp().requestConfluence(route\`/wiki/api/v2/spaces\`);
    await response.arrayBuffer();
    console.log(response.status);
    // Not by await using, which is Node 24's.
    await tributary[Symbol.asyncDispose]();
  `;
  const { email, apiToken } = sandbox.people.editor;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script],
    {
      cwd: import.meta.dirname,
      env: { ...process.env, SITE_URL: sandbox.siteUrl, EMAIL: email, TOKEN: apiToken },
      timeout: 10_000,
    },
  );
  expect(stdout.trim()).toBe('200');
});

test('the built package loads by require() too', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--eval', "console.log(typeof require('@tributary/api').createTributary)"],
    { cwd: import.meta.dirname },
  );
  expect(stdout.trim()).toBe('function');
});
