import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  BUDGET,
  CLOCK,
  createRegistry,
  FETCH,
  type Plugin,
  RANDOM,
  RETRY,
  TRANSPORT,
} from '@tributary/pipeline/di';
import { fakeClock, makeAttemptCall, makeResolvedCall } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { budgetPlugin, kyTransport, retryPlugin } from '../src/di.js';
// What retry loads on first use, so that it takes none of the clock's time.
import '../src/retry/try-again.js';
import { callTo, failure } from './support/calls.js';

const run = promisify(execFile);
const packageRoot = fileURLToPath(new URL('..', import.meta.url));

describe('plugins', () => {
  test('kyTransport provides TRANSPORT and FETCH over one fetch', async () => {
    const urls: unknown[] = [];
    const fetch = (url: unknown) => {
      urls.push(url);
      return Promise.resolve(new Response('{}'));
    };
    await using registry = createRegistry({ plugins: [kyTransport({ fetch })] });
    expect(registry.get(TRANSPORT).name).toBe('ky');
    await registry.get(TRANSPORT).send(callTo('https://example.com/'));
    await registry.get(FETCH)('https://example.com/token');
    expect(urls).toEqual(['https://example.com/wiki/api/v2/pages/42', 'https://example.com/token']);
  });

  test('budgetPlugin adds to BUDGET, with the clock of the registry', async () => {
    const clock = fakeClock();
    const services: Plugin = {
      name: 'services',
      register: (registry) => registry.provide(CLOCK, { useValue: clock }),
    };
    await using registry = createRegistry({ plugins: [services, budgetPlugin({ maxQueue: 0 })] });
    const [budget] = registry.all(BUDGET);
    const answers = [
      new Response('', {
        status: 429,
        headers: { 'ratelimit-reason': 'quota-tenant', 'retry-after': '9' },
      }),
      new Response('ok'),
    ];
    const send = budget?.wrap(() => Promise.resolve(answers.shift() as Response));
    await send?.(makeAttemptCall());
    const refused = send?.(makeAttemptCall()) ?? Promise.resolve();
    expect(await failure(refused)).toMatchObject({ code: 'QUEUE_FULL' });
    await clock.advance(9000);
    expect((await send?.(makeAttemptCall()))?.status).toBe(200);
  });

  test('clock and random come from the registry', async () => {
    const clock = fakeClock();
    const services: Plugin = {
      name: 'services',
      register(registry) {
        registry.provide(CLOCK, { useValue: clock });
        registry.provide(RANDOM, { useValue: () => 1 });
      },
    };
    const fetch = () => new Promise<Response>(() => {});
    await using registry = createRegistry({
      plugins: [services, kyTransport({ fetch, service: { timeout: 5 } }), retryPlugin()],
    });

    const deadline = clock.monotonic() + 10;
    const call = failure(
      registry.get(TRANSPORT).send(callTo('https://example.com/', { deadline })),
    );
    await clock.advance(10);
    expect(await call).toMatchObject({ code: 'TIMEOUT' });

    const answers = [new Response('', { status: 503 }), new Response('ok')];
    const send = registry.get(RETRY).wrap(() => Promise.resolve(answers.shift() as Response));
    const sending = send(makeResolvedCall());
    await clock.advance(499);
    expect(answers).toHaveLength(1);
    await clock.advance(1);
    expect(await (await sending).text()).toBe('ok');
  });
});

/** Runs a module in plain Node, which reports what a test runner hides. */
const runModule = (source: string) =>
  run(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: packageRoot,
    timeout: 25_000,
  });

describe('the built entries, in plain Node', () => {
  test('the main entry loads no container', async () => {
    const { stdout } = await runModule(`
      import { createRequire, registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
      await import('@tributary/transport');
      console.log(loaded.filter((url) => /tsyringe|reflect-metadata/.test(url)).length);
    `);
    expect(stdout.trim()).toBe('0');
  });

  test('./di loads by itself', async () => {
    const { stdout } = await runModule(`
      const { kyTransport } = await import('@tributary/transport/di');
      console.log(kyTransport().name);
    `);
    expect(stdout.trim()).toBe('ky-transport');
  });

  test('the process exits by itself after calls', async () => {
    const { stdout } = await runModule(`
      import { createServer } from 'node:http';
      import { kyTerminal, serviceFetch } from '@tributary/transport';
      const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1', async () => {
        const base = 'http://127.0.0.1:' + server.address().port + '/';
        const call = { base, path: '/', template: '/', method: 'GET', headers: {}, options: {}, attempt: 1,
          redirect: 'follow', site: { deployment: 'cloud', url: base }, deadline: performance.now() + 30_000 };
        console.log((await kyTerminal().send(call)).status, (await serviceFetch()(base)).status);
        server.unref();
      });
    `);
    expect(stdout.trim()).toBe('200 200');
  });
});
