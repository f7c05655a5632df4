import { createPipeline, noRetry, Secret, sleep } from '@tributary/pipeline';
import { describe, expect, test } from 'vitest';
import {
  collectLogs,
  fakeClock,
  fakeTerminal,
  type LogEntry,
  makeAuthenticatedCall,
  makeCall,
  onLogLine,
  staticProvider,
} from '../src/index.js';

describe('fakeClock', () => {
  test('fires due timers in the order of their time, also those set meanwhile', async () => {
    const clock = fakeClock({ now: 5000 });
    const seen: string[] = [];
    clock.setTimer(() => seen.push(`late ${clock.now()}`), 30);
    clock.setTimer(() => {
      seen.push(`early ${clock.now()}`);
      clock.setTimer(() => seen.push(`nested ${clock.now()}`), 10);
    }, 10);
    clock.setTimer(() => seen.push('never'), 1000);
    await clock.advance(30);
    expect(seen).toEqual(['early 5010', 'nested 5020', 'late 5030']);
    expect(clock.pending).toBe(1);
  });

  test('reaches a sleep that stands behind other promises', async () => {
    const clock = fakeClock();
    let isDone = false;
    const work = Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => sleep(clock, 10))
      .then(() => sleep(clock, 10))
      .then(() => {
        isDone = true;
      });
    await clock.advance(19);
    expect(isDone).toBe(false);
    await clock.advance(1);
    expect(isDone).toBe(true);
    await work;
  });

  test('a cancelled timer never fires', async () => {
    const clock = fakeClock();
    let fired = 0;
    clock.setTimer(() => {
      fired += 1;
    }, 1)();
    await clock.advance(10);
    expect([fired, clock.pending]).toEqual([0, 0]);
  });
});

describe('fakeTerminal', () => {
  test('one Response can be read by every call', async () => {
    const terminal = fakeTerminal(new Response('same'));
    for (let i = 0; i < 2; i += 1) {
      expect(await (await terminal.send(makeAuthenticatedCall())).text()).toBe('same');
    }
    await (await terminal.send(makeAuthenticatedCall())).body?.cancel();
    expect(terminal.calls).toHaveLength(3);
    expect(terminal.outgoing[0]?.url.href).toBe(
      'https://example.atlassian.net/wiki/api/v2/pages/42',
    );
    expect(terminal.outgoing[0]?.authorization).toBe('Bearer test-token');
  });

  test('answers are used in turn, errors thrown, and running out says so', async () => {
    const terminal = fakeTerminal([new Response(null, { status: 204 }), new Error('down')]);
    expect((await terminal.send(makeAuthenticatedCall())).status).toBe(204);
    await expect(terminal.send(makeAuthenticatedCall())).rejects.toThrow('down');
    await expect(terminal.send(makeAuthenticatedCall())).rejects.toThrow(
      'has 2 answers and was called 3 times',
    );
  });

  test('refuses what a real terminal refuses, and records no such call', async () => {
    const terminal = fakeTerminal(new Response());
    const astray = makeAuthenticatedCall({
      credential: { authorization: new Secret('Bearer x'), base: 'https://other.atlassian.net/' },
    });
    await expect(terminal.send(astray)).rejects.toMatchObject({ code: 'OUT_OF_BASE' });
    await expect(
      terminal.send(makeAuthenticatedCall({ base: 'https://h/ex/confluence/1/', path: '/../2/x' })),
    ).rejects.toMatchObject({ code: 'OUT_OF_BASE' });
    expect(terminal.calls).toEqual([]);
  });

  test('an abort ends a pending call', async () => {
    const terminal = fakeTerminal(() => new Promise(() => {}));
    const controller = new AbortController();
    const pending = terminal.send(makeAuthenticatedCall({ signal: controller.signal }));
    controller.abort(new Error('enough'));
    await expect(pending).rejects.toThrow('enough');
  });
});

test('staticProvider answers with its normalised base and one credential', () => {
  const provider = staticProvider({ base: 'https://h.example/ctx', authorization: 'Bearer x' });
  expect(provider.endpoint(makeCall())).toBe('https://h.example/ctx/');
  expect(provider.kind).toBe('static');
});

test('builders: the base follows, and overrides win', () => {
  const call = makeAuthenticatedCall({ base: 'https://h.example/ctx/', attempt: 3 });
  expect(call.credential?.base).toBe('https://h.example/ctx/');
  expect(call.attempt).toBe(3);
  expect(makeAuthenticatedCall({ credential: undefined }).credential).toBeUndefined();
  expect(Object.isFrozen(call) && Object.isFrozen(call.headers)).toBe(true);
});

test('collectLogs keeps level, message and fields', () => {
  const logs = collectLogs();
  logs.warn('slow', { ms: 5 });
  expect(logs.entries).toEqual([{ level: 'warn', message: 'slow', fields: { ms: 5 } }]);
  expect(logs.text()).toContain('slow');
});

test('onLogLine tells of the lines of every logger, for as long as it is wanted', () => {
  const told: LogEntry[] = [];
  const earlier = collectLogs();
  const end = onLogLine((entry) => told.push(entry));
  earlier.info('one');
  collectLogs().error('two', { n: 2 });
  end();
  earlier.info('three');
  expect(told).toEqual([
    { level: 'info', message: 'one', fields: {} },
    { level: 'error', message: 'two', fields: { n: 2 } },
  ]);
});

test('the fakes make a whole chain', async () => {
  const terminal = fakeTerminal(Response.json({ ok: true }));
  await using pipeline = createPipeline({
    resolve: {
      name: 'resolve',
      wrap: (next) => (call) =>
        next({
          ...call,
          base: call.site.url,
          provider: staticProvider({ base: call.site.url }),
        }),
    },
    retry: noRetry,
    auth: { name: 'auth', wrap: (next) => (call) => next({ ...call, credential: undefined }) },
    transport: terminal,
  });
  expect(await (await pipeline.send(makeCall())).json()).toEqual({ ok: true });
  expect(terminal.calls[0]?.attempt).toBe(1);
});
