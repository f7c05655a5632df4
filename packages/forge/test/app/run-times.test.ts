import { createTributary } from '@tributary/api';
import { cloud } from '@tributary/auth-providers';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { defineApp, parseManifest, type RunningApp, runApp } from '../../src/serve/index.js';
import { forgeApi } from '../support/forge-api.js';

const MANIFEST = parseManifest(
  `app: { id: 'ari:cloud:ecosystem::app/1' }
modules:
  macro: [{ key: tile, resource: main, resolver: { function: run } }]
  webtrigger: [{ key: hook, function: run }]
  trigger: [{ key: made, function: run, events: [avi:confluence:created:page] }]
  scheduledTrigger:
    - { key: often, function: run, interval: hour }
    - { key: long, function: long, interval: day }
  function:
    - { key: run, handler: index.run }
    - { key: long, handler: index.run, timeoutSeconds: 600 }
`,
  'manifest.yml',
);

const tributary = createTributary({ site: cloud('https://example.atlassian.net') });
const warned: string[] = [];
let running: RunningApp | undefined;

const begin = (run: () => unknown): RunningApp => {
  const app = defineApp({ manifest: MANIFEST, handlers: { run, long: run } });
  running = runApp(app, tributary, { warn: (message) => warned.push(message) });
  return running;
};

afterEach(() => {
  vi.useRealTimers();
  running?.[Symbol.dispose]();
  warned.length = 0;
});
afterAll(() => tributary[Symbol.asyncDispose]());

const CALL = { method: 'GET', headers: {}, body: '', path: '/', userPath: '', queryParameters: {} };

/** Each way in, and the seconds that Forge gives it. */
const WAYS: readonly (readonly [string, number, (app: RunningApp) => Promise<unknown>])[] = [
  ['macro tile', 25, (app) => app.invokeResolver({ functionKey: 'any' })],
  ['webtrigger hook', 55, (app) => app.invokeWebTrigger('hook', CALL)],
  ['trigger made', 25, (app) => app.deliverEvent('made', {})],
  ['scheduledTrigger often', 55, (app) => app.invokeScheduledTrigger('often')],
  ['scheduledTrigger long', 600, (app) => app.invokeScheduledTrigger('long')],
  ['function run', 55, (app) => app.invokeFunction('run', {})],
];

test.for(WAYS)('%s is told that it has %d s', async ([, seconds, invoke]) => {
  let left = 0;
  const app = begin(() => {
    left = forgeApi.getAppContext().invocationRemainingTimeInMillis();
    return { statusCode: 200 };
  });
  await invoke(app);
  expect(left).toBeGreaterThan((seconds - 10) * 1000);
  expect(left).toBeLessThanOrEqual(seconds * 1000);
});

test.for(WAYS)(
  '%s goes on after %d s, and a warning says that Forge would end it',
  async ([what, seconds, invoke]) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const app = begin(async () => {
      await vi.advanceTimersByTimeAsync(seconds * 1000 - 1);
      expect(warned).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      return { statusCode: 200 };
    });
    await invoke(app);
    expect(warned).toEqual([`${what} runs for longer than ${seconds} s, where Forge ends it.`]);
    expect(vi.getTimerCount()).toBe(0);
  },
);
