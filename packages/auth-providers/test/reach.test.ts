import { ConfigError, sleep } from '@tributary/pipeline';
import { fakeClock } from '@tributary/testing';
import { expect, test } from 'vitest';
import { GrantStoreError } from '../src/grants/grant-store-error.js';
import { isPassingPostgresError } from '../src/grants/postgres/postgres-pool.js';
import { type ReachOptions, reaching } from '../src/grants/reach.js';
import { isPassingRedisError } from '../src/grants/redis/redis-connection.js';

const setUp = (options: Partial<ReachOptions> = {}) => {
  const clock = fakeClock();
  const reach = reaching({
    clock,
    name: 'The database',
    isPassing: (error) => (error as Error).message === 'away',
    isClosed: () => false,
    ...options,
  });
  return { clock, reach };
};

/** Fails as often as it is told, then answers with how often it was asked. */
const failing = (times: number, message = 'away') => {
  let asked = 0;
  return async () => {
    asked += 1;
    if (asked <= times) throw new Error(message);
    return asked;
  };
};

test('what passes is tried again until it works', async () => {
  const { clock, reach } = setUp();
  const result = reach(failing(4));
  await clock.advance(1_000);
  expect(await result).toBe(5);
  expect(clock.pending).toBe(0);
});

test('what does not pass in 5 s is an error that says why, and that it may pass', async () => {
  const { clock, reach } = setUp();
  const result = reach(failing(1_000)).catch((error: unknown) => error);
  await clock.advance(5_000);
  expect(await result).toBeInstanceOf(GrantStoreError);
  expect(await result).toMatchObject({
    code: 'GRANT_STORE_FAILED',
    retryable: true,
    message: expect.stringContaining(
      "The database, which keeps the grants, can't be reached (away)",
    ),
  });
});

test('a refusal is told at once', async () => {
  const { reach } = setUp();
  const result = reach(failing(1, 'permission denied for schema public'));
  await expect(result).rejects.toMatchObject({
    code: 'GRANT_STORE_FAILED',
    retryable: false,
    message: expect.stringContaining('refused (permission denied for schema public)'),
  });
});

test('an error of ours goes through', async () => {
  const { reach } = setUp();
  const error = new ConfigError('url', 'needs a package');
  await expect(reach(() => Promise.reject(error))).rejects.toBe(error);
});

test('silence counts as away, and is told to whoever can connect anew', async () => {
  let drops = 0;
  const { clock, reach } = setUp({
    onSilence: () => {
      drops += 1;
    },
  });
  const result = reach(() => new Promise(() => {})).catch((error: unknown) => error);
  await clock.advance(20_000);
  expect(await result).toMatchObject({ retryable: true });
  expect(drops).toBe(1);
  expect(clock.pending).toBe(0);
});

test('loading the driver is no silence, however long it takes', async () => {
  let loads = 0;
  let isLoaded = false;
  const { clock, reach } = setUp({
    load: async () => {
      loads += 1;
      await sleep(clock, 20_000);
      isLoaded = true;
    },
  });
  const result = reach(async () => isLoaded);
  await clock.advance(20_000);
  expect(await result).toBe(true);
  expect(loads).toBe(1);
});

test('a closed store asks nobody', async () => {
  const { reach } = setUp({ isClosed: () => true });
  await expect(reach(failing(0))).rejects.toMatchObject({ retryable: false });
});

const coded = (code: string) => Object.assign(new Error('words'), { code });

test.for([
  [new Error('Connection terminated unexpectedly'), true],
  [new AggregateError([coded('ECONNREFUSED')]), true],
  [coded('EPIPE'), true],
  [coded('57P01'), true],
  [coded('08006'), true],
  [coded('40P01'), true],
  [coded('28P01'), false],
  [coded('42501'), false],
  [coded('3D000'), false],
  [new ConfigError('connectionString', 'x'), false],
] as const)('PostgreSQL: %s passes: %s', ([error, passes]) => {
  expect(isPassingPostgresError(error)).toBe(passes);
});

test.for([
  ['Socket closed unexpectedly', true],
  ['connect ECONNREFUSED 127.0.0.1:6379', true],
  ['The client is offline', true],
  ['LOADING Redis is loading the dataset in memory', true],
  ["READONLY You can't write against a read only replica.", true],
  ['CLUSTERDOWN Hash slot not served', true],
  ['The client is closed', false],
  ['WRONGPASS invalid username-password pair or user is disabled.', false],
  ['NOPERM this user has no permissions', false],
  ["OOM command not allowed when used memory > 'maxmemory'.", false],
] as const)('Redis: %s passes: %s', ([message, passes]) => {
  expect(isPassingRedisError(new Error(message))).toBe(passes);
});
