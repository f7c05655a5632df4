import { type FakeClock, fakeClock } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { type Allowance, readAll, serverWith, tokenBucket } from './support/limited-server.js';

const silent = ({ take }: Allowance): Allowance => ({ take });

const fixedWindow = (clock: FakeClock, rate: number): Allowance => {
  let second = -1;
  let left = 0;
  const take = () => {
    const now = Math.floor(clock.monotonic() / 1000);
    if (now !== second) [second, left] = [now, rate];
    left -= 1;
    return left >= 0;
  };
  return { take };
};

describe('a rate that nobody publishes is found, and kept to', () => {
  test.each([
    { name: '100 a second', rate: 100, capacity: 100, latency: 150, calls: 3000, share: 0.9 },
    {
      name: 'twice as many saved up',
      rate: 100,
      capacity: 200,
      latency: 50,
      calls: 3000,
      share: 0.9,
    },
    { name: '20 a second', rate: 20, capacity: 20, latency: 100, calls: 1000, share: 0.9 },
    // Each refusal costs a second here, in which nothing is saved up.
    { name: 'few saved up', rate: 200, capacity: 20, latency: 50, calls: 6000, share: 0.65 },
  ])(
    '$name',
    async ({ rate, capacity, latency, calls, share }) => {
      const clock = fakeClock();
      const server = serverWith(clock, latency, silent(tokenBucket(clock, rate, capacity)));
      const seconds = await readAll(clock, server, calls);
      expect((calls - capacity) / rate / seconds).toBeGreaterThan(share);
      expect(server.refused() / server.requests()).toBeLessThan(0.035);
    },
    20_000,
  );

  test('also where it is counted by the second', async () => {
    const clock = fakeClock();
    const server = serverWith(clock, 50, fixedWindow(clock, 100));
    const seconds = await readAll(clock, server, 3000);
    expect(29 / seconds).toBeGreaterThan(0.7);
    expect(server.refused() / server.requests()).toBeLessThan(0.035);
  });

  test('a limit that is raised is found', async () => {
    const clock = fakeClock();
    let rate = 50;
    let bucket = tokenBucket(clock, rate, 50);
    clock.setTimer(() => {
      rate = 100;
      bucket = tokenBucket(clock, rate, 100);
    }, 20_000);
    const server = serverWith(clock, 50, { take: () => bucket.take() });
    // 1000 at 50 a second, then 5000 that take 50 s at 100 a second and 100 s at the old rate.
    expect(await readAll(clock, server, 6000)).toBeLessThan(95);
  });
});
