import { createTributary, route, type Tributary } from '@tributary/api';
import {
  clientCredentials,
  cloud,
  dataCenter,
  personalAccessToken,
} from '@tributary/auth-providers';
import { RateLimitedError } from '@tributary/pipeline';
import { ATTEMPT, CLOCK, type Plugin } from '@tributary/pipeline/di';
import { type Sandbox, type SandboxLimits, startSandbox } from '@tributary/sandbox';
import { type FakeClock, fakeClock } from '@tributary/testing';
import { afterEach, describe, expect, test } from 'vitest';

let sandbox: Sandbox;
let clock: FakeClock;
let tributary: Tributary;
afterEach(async () => {
  await tributary[Symbol.asyncDispose]();
  await sandbox.close();
});

/** Requests on their way. */
let underWay = 0;

/** The client lives by the test's clock, and counts what is on its way. */
const byClock = (): Plugin => ({
  name: 'by-clock',
  register(registry) {
    registry.provide(CLOCK, { useValue: clock });
    registry.add(ATTEMPT, {
      useValue: {
        name: 'count',
        wrap: (next) => (call) => {
          underWay += 1;
          return next(call).finally(() => {
            underWay -= 1;
          });
        },
      },
    });
  },
});

/** A sandbox with limits, and a client with all its defaults; both live by one clock. */
const open = async (deployment: 'cloud' | 'data-center', limits: SandboxLimits) => {
  clock = fakeClock();
  sandbox = await startSandbox({ now: () => clock.now(), limits });
  const { clientId, clientSecret } = sandbox.serviceAccount;
  const given =
    deployment === 'cloud'
      ? {
          site: cloud(sandbox.siteUrl, { gateway: sandbox.gatewayUrl }),
          app: clientCredentials({ clientId, clientSecret, authorizationServer: sandbox.authUrl }),
        }
      : {
          site: dataCenter(sandbox.dataCenter.url),
          app: personalAccessToken({ token: sandbox.people.reader.personalAccessToken }),
        };
  tributary = createTributary({ ...given, timeout: false, plugins: [byClock()] });
  // The token, and what loads with the first call.
  const path =
    deployment === 'cloud' ? route`/wiki/api/v2/spaces?limit=1` : route`/rest/api/content`;
  expect((await tributary.asApp().requestConfluence(path)).status).toBe(200);
  sandbox.clearJournal();
};

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

/** Goes on until `isOver`; no time passes while requests are on their way. */
const pass = async (isOver: () => boolean, step = 25): Promise<void> => {
  while (!isOver()) {
    await clock.advance(step);
    do await turn();
    while (underWay > 0);
  }
};

/** Calls that all begin at once; `statuses` fills with their answers. */
const callAll = (count: number, call: () => Promise<Response>) => {
  const statuses: number[] = [];
  const all = Promise.all(
    Array.from({ length: count }, async () => {
      const response = await call();
      await response.arrayBuffer();
      statuses.push(response.status);
    }),
  );
  return { statuses, all };
};

const readSpace = (options?: { readonly timeout: number }) =>
  tributary.asApp().requestConfluence(route`/wiki/api/v2/spaces/${65538}`, options);

const calls = () => sandbox.requests.filter(({ listener }) => /gateway|data-center/.test(listener));
const refused = () => calls().filter(({ refusedBy }) => refusedBy !== undefined).length;

describe('Confluence Cloud', () => {
  test('a burst limit is used up, and no call is refused', async () => {
    await open('cloud', { cloud: { burst: { perSecond: 50 } } });
    const began = clock.monotonic();
    const { statuses, all } = callAll(200, readSpace);
    await pass(() => statuses.length === 200);
    await all;
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(refused()).toBe(0);
    // 150 more than it had saved up take 3 s at the least.
    expect(clock.monotonic() - began).toBeLessThan(5000);
  });

  test('a quota pauses the app until the reset, no call refused; then all goes on', async () => {
    // 150 calls of 2 points, and the first; from the last fifth on the answers tell what is left.
    await open('cloud', { cloud: { quota: { points: 302, windowMs: 60_000 } } });
    const { statuses, all } = callAll(180, readSpace);
    await pass(() => statuses.length === 150);
    await pass(() => clock.now() % 60_000 >= 59_000, 1000);
    expect(calls()).toHaveLength(150);

    const late = await readSpace({ timeout: 500 }).catch((error: unknown) => error);
    expect(late).toBeInstanceOf(RateLimitedError);
    expect(late).toMatchObject({ reason: 'global-quota', sent: 'no' });
    const { resetAt = 0 } = late as RateLimitedError;
    expect(resetAt % 60_000).toBeLessThan(1000);
    expect(calls()).toHaveLength(150);

    await pass(() => statuses.length === 180);
    await all;
    expect(refused()).toBe(0);
    expect(clock.now()).toBeGreaterThan(resetAt - 1000);
  });

  test('a limit that one call runs into is kept to by all that follow', async () => {
    await open('cloud', { cloud: { burst: { perSecond: 5 } } });
    // The first 16 begin before anything is known.
    const { statuses, all } = callAll(40, readSpace);
    await pass(() => statuses.length === 40);
    await all;
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(refused()).toBeLessThanOrEqual(11);
  });
});

test('Data Center: a bucket of tokens is used up, and no call is refused', async () => {
  const limits = { capacity: 10, fillRate: 5, intervalSeconds: 10 };
  await open('data-center', { dataCenter: limits });
  const read = () => tributary.asApp().requestConfluence(route`/rest/api/user/current`);
  const began = clock.monotonic();
  const { statuses, all } = callAll(19, read);
  await pass(() => statuses.length === 19, 250);
  await all;
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(refused()).toBe(0);
  // 9 at once, then two batches.
  expect(clock.monotonic() - began).toBeGreaterThanOrEqual(19_000);
  expect(clock.monotonic() - began).toBeLessThan(32_000);
});
