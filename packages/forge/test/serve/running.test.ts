import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseManifest, type ServeOptions } from '../../src/serve/index.js';
import { startSchedule } from '../../src/serve/schedule.js';
import { createStand, type Served } from './served.js';

const MANIFEST = parseManifest(
  `app: { id: 'ari:cloud:ecosystem::app/1' }
modules:
  scheduledTrigger:
    - { key: often, function: run, interval: fiveMinute }
    - { key: rare, function: run, interval: week }
  function:
    - { key: run, handler: index.run }
`,
  '/somewhere/clock/manifest.yml',
);

const stand = createStand();
let served: Served | undefined;

const begin = async (run: () => unknown, options: Partial<ServeOptions> = {}): Promise<Served> => {
  served = await stand.serve({ manifest: MANIFEST, handlers: { run } }, options);
  return served;
};

afterEach(async () => {
  await served?.[Symbol.asyncDispose]();
  served = undefined;
});
afterAll(() => stand[Symbol.asyncDispose]());

describe('the clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date('2026-11-24T10:00:00.000Z') });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const MINUTE = 60_000;

  test('first after five minutes, then at each interval', async () => {
    const run = vi.fn(async (_key: string) => {});
    const schedule = startSchedule(MANIFEST.scheduledTriggers, 5 * MINUTE, run);
    const ran = () => run.mock.calls.map(([key]) => key);
    await vi.advanceTimersByTimeAsync(4.9 * MINUTE);
    expect(ran()).toEqual([]);
    await vi.advanceTimersByTimeAsync(0.2 * MINUTE);
    expect(ran().toSorted()).toEqual(['often', 'rare']);
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(ran().filter((key) => key === 'often')).toHaveLength(3);
    expect(ran().filter((key) => key === 'rare')).toHaveLength(1);
    const week = Number(schedule.nextRun('rare')) - Date.parse('2026-11-24T10:05:00Z');
    expect(Math.abs(week - 7 * 24 * 60 * MINUTE)).toBeLessThan(2_000);
    expect(schedule.nextRun('other')).toBeUndefined();
    schedule.stop();
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    expect(run).toHaveBeenCalledTimes(4);
  });

  test('the first run comes in time at any ms of the clock, and so does the second', async () => {
    const began = Date.parse('2026-11-24T10:00:00.000Z');
    for (const ms of [0, 1, 2, 250, 499, 500, 501, 750, 998, 999]) {
      for (const firstRun of [0, 1_000, 2_500]) {
        vi.setSystemTime(began + ms);
        const run = vi.fn(async (_key: string) => {});
        const schedule = startSchedule(MANIFEST.scheduledTriggers, firstRun, run);
        const told = Number(schedule.nextRun('often')) - (began + ms + firstRun);
        expect.soft(told, `told at ${ms} ms, firstRun ${firstRun}`).toBeLessThan(1_000);
        await vi.advanceTimersByTimeAsync(firstRun + 1_000);
        expect.soft(run, `at ${ms} ms, firstRun ${firstRun}`).toHaveBeenCalledTimes(2);
        const second = Number(schedule.nextRun('often')) - (began + ms + firstRun + 5 * MINUTE);
        expect.soft(Math.abs(second), `second at ${ms} ms`).toBeLessThan(1_000);
        schedule.stop();
        expect(vi.getTimerCount()).toBe(0);
      }
    }
  });

  test('the first run comes also where the process was busy until after its time', async () => {
    const now = Date.now();
    const clock = vi.spyOn(Date, 'now').mockReturnValueOnce(now - 90_000);
    const run = vi.fn(async (_key: string) => {});
    const schedule = startSchedule(MANIFEST.scheduledTriggers, 0, run);
    expect(clock).toHaveBeenCalled();
    clock.mockRestore();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(run.mock.calls.map(([key]) => key)).toEqual(['often', 'rare']);
    await vi.advanceTimersByTimeAsync(5 * MINUTE - 90_000);
    expect(run.mock.calls.map(([key]) => key)).toEqual(['often', 'rare', 'often']);
    schedule.stop();
  });

  test('what still runs is not begun a second time', async () => {
    let end = () => {};
    const run = vi.fn(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    const [often] = MANIFEST.scheduledTriggers;
    const schedule = startSchedule(often === undefined ? [] : [often], 0, run);
    await vi.advanceTimersByTimeAsync(20 * MINUTE);
    expect(run).toHaveBeenCalledTimes(1);
    end();
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(run).toHaveBeenCalledTimes(2);
    end();
    schedule.stop();
  });
});

test('runs by the clock, with what Forge tells; an error is logged, and the next run comes', async () => {
  const calls: unknown[] = [];
  const { lines } = await begin(
    (...call: unknown[]) => {
      calls.push(call);
      throw new Error('of the app');
    },
    { schedule: { firstRun: 0 } },
  );
  await vi.waitFor(() => expect(calls).toHaveLength(2), { timeout: 20_000 });
  expect(calls).toContainEqual([
    { context: { cloudId: 'local', moduleKey: 'rare' }, contextToken: expect.any(String) },
    { installContext: 'ari:cloud:confluence::site/local', principal: undefined },
  ]);
  await vi.waitFor(
    () =>
      expect(lines.at(-1)).toMatch(
        /^scheduledTrigger (?:often|rare) failed \d+ ms\nError: of the app/,
      ),
    { timeout: 20_000 },
  );
});

test('by hand only, where the clock is turned off', async () => {
  const { url } = await begin(() => undefined, { schedule: false });
  expect(await (await fetch(url)).text()).toContain('rare: each week, by hand only');
});

describe('the end', () => {
  test('waits for what runs, and takes nothing new', async () => {
    let go = () => {};
    const { post, server, url, lines } = await begin(
      () =>
        new Promise((resolve) => {
          go = () => resolve('done');
        }),
    );
    const answer = post('/function', { key: 'run' });
    await vi.waitFor(() => expect(go.toString()).toContain('done'), { timeout: 20_000 });
    const closed = server.close();
    await expect(fetch(url)).rejects.toThrow();
    go();
    expect(await (await answer).json()).toEqual({ result: 'done' });
    await closed;
    expect(lines.at(-1)).toMatch(/^function run ok/);
  });

  test('but no longer than it may take', async () => {
    const run = vi.fn(() => new Promise(() => {}));
    const { post, server } = await begin(run, { grace: 20 });
    const answer = post('/function', { key: 'run' }).catch((error: Error) => error.name);
    await vi.waitFor(() => expect(run).toHaveBeenCalled(), { timeout: 20_000 });
    await server.close();
    expect(await answer).toBe('TypeError');
  });

  test('comes with the signal too, and frees the process for another app', async () => {
    const stop = new AbortController();
    const { url } = await begin(() => undefined, { signal: stop.signal });
    stop.abort();
    await vi.waitFor(() => expect(fetch(url)).rejects.toThrow(), { timeout: 20_000 });
    await served?.[Symbol.asyncDispose]();
    expect((await fetch((await begin(() => undefined)).url)).status).toBe(200);
  });
});
