import { randomUUID } from 'node:crypto';
import { ConfigError } from '@tributary/pipeline';
import { collectLogs, fakeClock, makeAttemptCall } from '@tributary/testing';
import pg from 'pg';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import '../src/budget/scheduler.js';
import { budget, type SharedBudget } from '../src/index.js';
import { postgresBudget, redisBudget, type SharedRate } from '../src/shared-budget/index.js';
import { failure } from './support/calls.js';
import { runningServices } from './support/running-services.js';

const BASE = 'https://a.example/';

/** A budget whose answers the test gives. */
const scripted = (waits: (number | Error | 'never')[] = []) => {
  const log: string[] = [];
  const shared: SharedBudget = {
    name: 'scripted',
    take: ({ app, tenant }) => {
      log.push(`take ${app} ${tenant}`);
      const next = waits.shift() ?? 0;
      if (next === 'never') return new Promise(() => {});
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
    pause: async ({ app, tenant }, scope, ms) => {
      log.push(`pause ${scope} ${app} ${tenant} ${ms}`);
    },
  };
  const clock = fakeClock();
  const logger = collectLogs();
  const middleware = budget({ clock, logger, shared, app: () => 'app' });
  const sent: number[] = [];
  let answer = () => new Response('ok');
  const handler = middleware.wrap(async () => {
    sent.push(clock.monotonic());
    return answer();
  });
  const start = clock.monotonic();
  return {
    log,
    clock,
    logger,
    middleware,
    send: (overrides: Parameters<typeof makeAttemptCall>[0] = {}) => {
      const sending = handler(makeAttemptCall({ base: BASE, ...overrides }));
      sending.catch(() => {});
      return sending;
    },
    later: (ms: number) => ({ deadline: clock.monotonic() + ms }),
    sentAt: () => sent.map((at) => at - start),
    answerWith: (make: () => Response) => {
      answer = make;
    },
  };
};

describe('a budget that is shared', () => {
  test('is asked for each attempt, and waited for', async () => {
    const it = scripted([0, 500, 200]);
    const first = it.send();
    await it.clock.advance(1);
    const second = it.send();
    await it.clock.advance(1000);
    await Promise.all([first, second]);
    expect(it.log).toEqual(Array(4).fill(`take app ${BASE}`));
    expect(it.sentAt()[0]).toBe(0);
    expect(it.sentAt()[1]).toBeGreaterThanOrEqual(701);
    expect(it.clock.pending).toBe(0);
  });

  test('a wait past the deadline fails at once', async () => {
    const it = scripted([5000]);
    const error = failure(it.send(it.later(4000)));
    await it.clock.advance(1);
    expect(await error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 5000, sent: 'no' });
    expect(it.clock.pending).toBe(0);
  });

  test('quotas that are spent are told to all', async () => {
    for (const scope of ['tenant', 'global'] as const) {
      const it = scripted();
      it.answerWith(() => {
        const reason = `confluence-quota-${scope}-based`;
        const headers = { 'ratelimit-reason': reason, 'retry-after': '60' };
        return new Response(null, { status: 429, headers });
      });
      await it.send();
      const named = scope === 'global' ? 'app' : 'tenant';
      expect(it.log[1]).toBe(`pause ${named} app ${BASE} 60000`);
    }
  });

  test('so are quotas of which answers say that nothing is left, once', async () => {
    const it = scripted();
    let left = 2;
    it.answerWith(() => {
      const headers = { 'beta-ratelimit': `"global-app-quota";r=${left};t=60` };
      left = Math.max(0, left - 1);
      return new Response('ok', { headers });
    });
    await Promise.all([it.send(), it.send(), it.send(), it.send()]);
    expect(it.log.filter((line) => line.startsWith('pause'))).toEqual([
      `pause app app ${BASE} 60000`,
    ]);
  });

  test('calls for which it is being asked count against a quota over all tenants', async () => {
    const it = scripted();
    let left = 3;
    it.answerWith(() => {
      left = Math.max(0, left - 1);
      return new Response('ok', {
        headers: { 'beta-ratelimit': `"global-app-quota";r=${left};t=60` },
      });
    });
    await it.send();
    for (let i = 0; i < 5; i += 1) it.send();
    await it.clock.advance(1000);
    expect(it.sentAt()).toHaveLength(3);
  });

  test('one that is down, or silent, stops nobody, and is complained of', async () => {
    const it = scripted([new Error('secret connection string'), 'never']);
    await it.send();
    const second = it.send();
    await it.clock.advance(1000);
    expect((await second).status).toBe(200);
    expect(it.logger.entries.map(({ level }) => level)).toEqual(['warn', 'warn']);
    expect(it.logger.text()).not.toContain('secret');
  });

  test('an abort and dispose end the wait for its answer', async () => {
    const it = scripted(['never', 'never']);
    const controller = new AbortController();
    const aborted = failure(it.send({ signal: controller.signal }));
    const disposed = failure(it.send());
    await it.clock.advance(1);
    controller.abort(new Error('enough'));
    expect(await aborted).toMatchObject({ message: 'enough' });
    await it.middleware.dispose?.();
    await it.clock.advance(1000);
    expect(await disposed).toMatchObject({ code: 'CHAIN_INVALID' });
    expect(it.sentAt()).toEqual([]);
    expect(it.clock.pending).toBe(0);
  });
});

test('a rate is of whole numbers', () => {
  expect(() => redisBudget({ client: {}, requests: 0 })).toThrow(ConfigError);
  expect(() => redisBudget({ client: {}, requests: 10, seconds: 0.5 })).toThrow(
    'sharedBudget.seconds',
  );
});

const services = runningServices;

test.runIf(process.env.CI === 'true')('in CI the servers are there', () => {
  expect(services).toBeDefined();
});

describe.skipIf(services === undefined)('over real servers', () => {
  const prefix = `test-${randomUUID()}`;
  const table = `budget_${randomUUID().replaceAll('-', '')}`;
  const client = createClient({ url: services?.redis.url ?? '' });
  const pool = new pg.Pool({ connectionString: services?.postgres.url, max: 4 });

  beforeAll(async () => {
    await client.connect();
  });

  afterAll(async () => {
    const keys = await client.keys(`${prefix}*`);
    if (keys.length > 0) await client.del(keys);
    await client.close();
    await pool.query(`DROP TABLE IF EXISTS "${table}"`);
    await pool.end();
  });

  const stores: Record<string, (rate: SharedRate) => Promise<SharedBudget>> = {
    redis: async (rate) => redisBudget({ client, prefix, ...rate }),
    postgres: (rate) => postgresBudget({ pool, table, ...rate }),
  };

  // What PostgreSQL says to one of two who make a table at the same time, IF NOT EXISTS or not.
  test.each(['42P07', '42710', '23505'])(
    'a table that another process makes just now is there (%s)',
    async (code) => {
      let queries = 0;
      const late = {
        query: (...given: [never]) => {
          queries += 1;
          return queries === 1
            ? Promise.reject(Object.assign(new Error('already exists'), { code }))
            : pool.query(...given);
        },
      };
      const shared = await postgresBudget({ pool: late, table, requests: 1, seconds: 60 });
      const key = { app: 'oauth', tenant: `https://${randomUUID()}.example/` };
      expect(await shared.take(key)).toBe(0);
      expect(await shared.take(key)).toBeGreaterThan(0);
    },
  );

  test('a table that can not be made is an error', async () => {
    const refused = { query: () => Promise.reject(new Error('permission denied')) };
    expect(await failure(postgresBudget({ pool: refused, table }))).toMatchObject({
      message: 'permission denied',
    });
  });

  describe.each(Object.entries(stores))('%s', (_name, open) => {
    const key = () => ({ app: 'oauth', tenant: `https://${randomUUID()}.example/` });

    test('no more than the rate, whoever asks; then it says when', async () => {
      const [one, two] = await Promise.all([
        open({ requests: 20, seconds: 60 }),
        open({ requests: 20, seconds: 60 }),
      ]);
      const tenant = key();
      const waits = await Promise.all(
        Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? one : two).take(tenant)),
      );
      expect(waits.filter((ms) => ms === 0)).toHaveLength(20);
      for (const ms of waits.filter((ms) => ms > 0)) {
        expect(ms).toBeLessThanOrEqual(60_000);
        expect(ms).toBeGreaterThan(50_000);
      }
      expect(await one.take(key())).toBe(0);
    });

    test('a window ends', async () => {
      const shared = await open({ requests: 1, seconds: 1 });
      const tenant = key();
      expect(await shared.take(tenant)).toBe(0);
      let ms = 0;
      // Whoever asks a second later is not refused: a busy machine may take that long.
      while (ms === 0) ms = await shared.take(tenant);
      expect(ms).toBeGreaterThan(0);
      await new Promise((resolve) => setTimeout(resolve, ms + 50));
      expect(await shared.take(tenant)).toBe(0);
    });

    test('a pause of a tenant is its own, one of the app is all tenants’', async () => {
      const shared = await open({});
      const [a, b] = [key(), key()];
      await shared.pause(a, 'tenant', 5500);
      expect(await shared.take(a)).toBeGreaterThan(5000);
      expect(await shared.take(b)).toBe(0);
      const app = { app: randomUUID(), tenant: b.tenant };
      await shared.pause(app, 'app', 5500);
      expect(await shared.take({ ...app, tenant: 'https://other.example/' })).toBeGreaterThan(5000);
      expect(await shared.take(b)).toBe(0);
    });

    test('a pause is never shortened', async () => {
      const shared = await open({});
      const tenant = key();
      await shared.pause(tenant, 'tenant', 60_000);
      await shared.pause(tenant, 'tenant', 1000);
      expect(await shared.take(tenant)).toBeGreaterThan(50_000);
    });

    test('a name of any length and kind', async () => {
      const shared = await open({ requests: 1, seconds: 60 });
      const long = { app: 'a'.repeat(500), tenant: `https://é'";--.example/${'x'.repeat(2000)}` };
      expect(await shared.take(long)).toBe(0);
      expect(await shared.take(long)).toBeGreaterThan(0);
      expect(await shared.take({ ...long, tenant: `${long.tenant}y` })).toBe(0);
    });
  });
});
