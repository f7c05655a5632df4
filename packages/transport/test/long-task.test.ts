import {
  InvalidResponseError,
  RequestError,
  ResponseError,
  TimeoutError,
} from '@tributary/pipeline';
import { route } from '@tributary/route';
import { startSandbox } from '@tributary/sandbox';
import { fakeClock } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { LongTaskError, waitForLongTask } from '../src/long-task/index.js';
import { failure } from './support/calls.js';
import { testApi } from './support/product-api.js';
import { serve } from './support/serve.js';

/** Answers one after the other; the last one for ever. */
const tasks = (...bodies: readonly unknown[]) => {
  let looks = 0;
  return {
    looks: () => looks,
    requestConfluence: async () => {
      const body = bodies[Math.min(looks, bodies.length - 1)];
      looks += 1;
      return new Response(JSON.stringify(body));
    },
  };
};

const running = (percentageComplete: number) => ({
  percentageComplete,
  successful: false,
  finished: false,
  messages: [],
});
const done = { percentageComplete: 100, successful: true, finished: true, messages: [] };

/** Waits with a clock of its own, which goes on whenever somebody waits. */
const waiting = async <T>(work: (clock: ReturnType<typeof fakeClock>) => Promise<T>) => {
  const clock = fakeClock();
  let isOver = false;
  const outcome = work(clock).then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({ value: undefined, error }),
  );
  void outcome.then(() => {
    isOver = true;
  });
  const begin = clock.monotonic();
  while (!isOver) {
    await clock.advance(100);
    if (clock.monotonic() - begin > 3_600_000) throw new Error('It never ends.');
  }
  return { ...(await outcome), took: clock.monotonic() - begin, pending: clock.pending };
};

test('on Data Center it is asked for where that has it', async () => {
  await using server = await serve((_request, response) => response.end(JSON.stringify(done)));
  await using api = testApi({ base: `${server.origin}/confluence`, deployment: 'data-center' });
  await waitForLongTask(api, 'x-1');
  expect(server.received[0]?.url).toBe('/confluence/rest/api/longtask/x-1');
});

test('a task of the sandbox is waited for, with its progress', async () => {
  await using sandbox = await startSandbox();
  const { email, apiToken } = sandbox.people.admin;
  await using api = testApi({
    base: sandbox.siteUrl,
    authorization: `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`,
  });
  const all = await api.requestConfluence(route`/wiki/api/v2/pages?limit=${5}`);
  const { results } = (await all.json()) as { results: { id: string }[] };
  const started = await api.requestConfluence(route`/wiki/rest/api/content/archive`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ pages: [{ id: results.at(-1)?.id }] }),
  });
  const { id } = (await started.json()) as { id: string };
  const progress: number[] = [];
  const task = await waitForLongTask(api, id, {
    interval: 1,
    onProgress: ({ percentageComplete }) => progress.push(percentageComplete),
  });
  expect(progress).toEqual([0, 40, 80, 100]);
  expect(task).toMatchObject({ id, isFinished: true, isSuccessful: true, messages: ['Done'] });
  expect(await failure(waitForLongTask(api, '999'))).toBeInstanceOf(ResponseError);
});

describe('waiting', () => {
  test('grows by half each time, up to its longest', async () => {
    const api = tasks(running(0), running(1), running(2), running(3), running(4), done);
    const { took, value } = await waiting((clock) =>
      waitForLongTask(api, 1, { clock, random: () => 1, interval: 1000, maxInterval: 2000 }),
    );
    expect(value).toMatchObject({ isSuccessful: true });
    // 1000 + 1500 + 2000 + 2000 + 2000
    expect(took).toBe(8500);
  });

  test('ends with the caller’s reason at once, and leaves no timer', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const { error, took, pending } = await waiting((clock) => {
      clock.setTimer(() => stop.abort(reason), 400);
      return waitForLongTask(tasks(running(0)), 1, { clock, signal: stop.signal });
    });
    expect(error).toBe(reason);
    expect(took).toBeLessThan(1000);
    expect(pending).toBe(0);
  });

  test('ends before a wait that would be longer than its time', async () => {
    const api = tasks(running(7));
    const { error, took } = await waiting((clock) =>
      waitForLongTask(api, 1, { clock, random: () => 1, timeout: 4000 }),
    );
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as Error).message).toContain('7 %');
    expect(took).toBe(2500);
    expect(api.looks()).toBe(3);
  });
});

describe('a task has ended', () => {
  const ended: readonly (readonly [what: string, body: unknown])[] = [
    ['where it says so', done],
    ['without the field, when it was successful', { percentageComplete: 90, successful: true }],
    ['without the field, when it is complete', { percentageComplete: 100, successful: true }],
  ];
  test.for(ended)('%s', async ([, body]) => {
    const { value, took } = await waiting((clock) => waitForLongTask(tasks(body), 1, { clock }));
    expect(value).toMatchObject({ isFinished: true });
    expect(took).toBeLessThanOrEqual(100);
  });

  test('not yet, where it says so, whatever its percentage', async () => {
    const api = tasks({ ...done, finished: false }, done);
    await waiting((clock) => waitForLongTask(api, 1, { clock }));
    expect(api.looks()).toBe(2);
  });

  const failed: readonly unknown[] = [
    {
      percentageComplete: 30,
      successful: false,
      finished: true,
      errors: [{ translation: 'No \u001b[31mlock' }],
      messages: [{ key: 'copying' }, 'plain', 7],
    },
    {
      percentageComplete: 100,
      successful: false,
      errors: ['No \u001b[31mlock', 'copying', 'plain'],
    },
  ];
  test.for(failed)('without success is an error with its words', async (body) => {
    const { error } = await waiting((clock) => waitForLongTask(tasks(body), 5, { clock }));
    expect(error).toBeInstanceOf(LongTaskError);
    const words = ['No \\u{1b}[31mlock', 'copying', 'plain'];
    expect(error).toMatchObject({
      code: 'LONG_TASK_FAILED',
      template: '/wiki/rest/api/longtask/{}',
    });
    expect((error as LongTaskError).messages).toHaveLength(3);
    expect((error as LongTaskError).messages.slice(1)).toEqual(words.slice(1));
    expect((error as Error).message).not.toContain('\u001b');
    expect((error as LongTaskError).task).toMatchObject({ id: '5', isSuccessful: false });
  });
});

test.for([
  ['interval', 0],
  ['maxInterval', -1],
  ['timeout', Number.NaN],
] as const)('a wrong %s is refused', async ([field, value]) => {
  const error = await failure(waitForLongTask(tasks(done), 1, { [field]: value }));
  expect(error).toBeInstanceOf(RequestError);
  expect(error).toMatchObject({ field });
});

test('an answer that is no task is an error', async () => {
  expect(await failure(waitForLongTask(tasks([]), 1))).toBeInstanceOf(InvalidResponseError);
});
