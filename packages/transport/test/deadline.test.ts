import { getEventListeners } from 'node:events';
import { systemClock, TimeoutError } from '@tributary/pipeline';
import { fakeClock } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { kyTerminal } from '../src/index.js';
import { callTo, failure } from './support/calls.js';
import { json, serve } from './support/serve.js';

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('the deadline', () => {
  test('passes before the attempt: nothing is sent', async () => {
    await using server = await serve(json);
    const call = callTo(`${server.origin}/`, { deadline: systemClock.monotonic() - 1 });
    expect(await failure(kyTerminal().send(call))).toMatchObject({ code: 'TIMEOUT', sent: 'no' });
    expect(server.received).toEqual([]);
  });

  test('passes before the headers, whether or not fetch heeds its signal', async () => {
    await using server = await serve(() => {});
    const clock = fakeClock();
    const deaf: typeof fetch = () => new Promise(() => {});
    for (const options of [{}, { fetch: deaf }]) {
      const terminal = kyTerminal({ clock, ...options });
      const deadline = clock.monotonic() + 100;
      const sending = failure(terminal.send(callTo(`${server.origin}/`, { deadline, attempt: 2 })));
      await clock.advance(100);
      const error = await sending;
      expect(error).toBeInstanceOf(TimeoutError);
      expect(error).toMatchObject({ sent: 'unknown', attempts: 2 });
      expect(clock.pending).toBe(0);
    }
  });

  test('covers the redirects of an attempt', async () => {
    const clock = fakeClock();
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    await using server = await serve((_request, response) => {
      if (server.received.length > 1) arrive();
      else response.writeHead(302, { location: '/wiki/next' }).end();
    });
    const call = callTo(`${server.origin}/`, { deadline: clock.monotonic() + 100 });
    const sending = failure(kyTerminal({ clock }).send(call));
    await arrived;
    await clock.advance(100);
    expect(await sending).toBeInstanceOf(TimeoutError);
    expect(server.received).toHaveLength(2);
  });

  test('ends with the headers, and takes its timer along', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200).write('slow ');
      setTimeout(() => response.end('body'), 50);
    });
    const clock = fakeClock();
    const deadline = clock.monotonic() + 100;
    const response = await kyTerminal({ clock }).send(callTo(`${server.origin}/`, { deadline }));
    expect(clock.pending).toBe(0);
    await clock.advance(1000);
    expect(await response.text()).toBe('slow body');
  });

  test('further away than a timer can be is none', async () => {
    await using server = await serve(json);
    const clock = fakeClock();
    const deadline = clock.monotonic() + 2 ** 31;
    await kyTerminal({ clock }).send(callTo(`${server.origin}/`, { deadline }));
    expect(clock.pending).toBe(0);
  });

  test('an answer that comes too late is cancelled', async () => {
    const clock = fakeClock();
    const asked: ((response: Response) => void)[] = [];
    let isCancelled = false;
    const fetch = () =>
      new Promise<Response>((resolve) => {
        asked.push(resolve);
      });
    const deadline = clock.monotonic() + 10;
    const sending = failure(
      kyTerminal({ clock, fetch }).send(callTo('https://example.com/', { deadline })),
    );
    await expect.poll(() => asked).toHaveLength(1);
    await clock.advance(10);
    await sending;
    asked[0]?.(
      new Response(
        new ReadableStream({
          cancel: () => {
            isCancelled = true;
          },
        }),
      ),
    );
    await expect.poll(() => isCancelled).toBe(true);
  });
});

describe('the caller’s signal', () => {
  const far = () => ({ deadline: systemClock.monotonic() + 60_000 });

  test.each([
    ['without a deadline', () => ({})],
    ['with a deadline', far],
  ])('%s: before, while waiting, while reading, and no listener left', async (_name, extra) => {
    await using server = await serve((request, response) => {
      if (request.url.includes('/wait')) return;
      response.writeHead(200).write('beginning');
    });
    const base = `${server.origin}/`;
    const terminal = kyTerminal();
    const reason = new Error('enough');

    const before = AbortSignal.abort(reason);
    expect(await failure(terminal.send(callTo(base, { signal: before, ...extra() })))).toBe(reason);
    expect(server.received).toEqual([]);

    const waiting = new AbortController();
    const sending = failure(
      terminal.send(callTo(base, { signal: waiting.signal, path: '/wait', ...extra() })),
    );
    await expect.poll(() => server.received.length).toBe(1);
    waiting.abort(reason);
    expect(await sending).toBe(reason);
    expect(listeners(waiting.signal)).toBe(0);

    const reading = new AbortController();
    const response = await terminal.send(callTo(base, { signal: reading.signal, ...extra() }));
    const text = failure(response.text());
    reading.abort(reason);
    expect(await text).toBe(reason);
    expect(listeners(reading.signal)).toBe(0);
  });

  test('one that lives as long as the process collects no listeners', async () => {
    await using server = await serve(json);
    const { signal } = new AbortController();
    const terminal = kyTerminal();
    for (let i = 0; i < 50; i += 1) {
      const response = await terminal.send(callTo(`${server.origin}/`, { signal, ...far() }));
      await response.text();
      expect(listeners(signal)).toBe(0);
    }
  });
});
