import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { BatchBucket } from '../../src/limits/batch-bucket.js';
import { PointsQuota } from '../../src/limits/points-quota.js';
import { TokenBucket } from '../../src/limits/token-bucket.js';

const START = Date.UTC(2030, 0, 1);

/** Calls, each so many ms after the one before. */
const gaps = array(constantFrom(0, 0, 0, 1, 7, 100, 999, 1_000, 5_000), { maxLength: 300 });

const passed = (each: readonly number[], take: (now: number) => boolean): number[] => {
  let now = START;
  const at: number[] = [];
  for (const gap of each) {
    now += gap;
    if (take(now)) at.push(now);
  }
  return at;
};

test('a token bucket lets pass its capacity and what came back, in every stretch of time', () => {
  const bucket = record({
    perSecond: integer({ min: 1, max: 500 }),
    capacity: integer({ min: 1, max: 50 }),
  });
  assert(
    property(bucket, gaps, ({ perSecond, capacity }, each) => {
      const tokens = new TokenBucket(perSecond, capacity, START);
      const at = passed(each, (now) => {
        const had = tokens.remaining(now);
        const isTaken = tokens.take(now);
        expect(isTaken).toBe(had >= 1);
        expect(had).toBeLessThanOrEqual(capacity);
        // Who waits as long as it says is let pass, and a ms less is too early.
        if (!isTaken) expect(tokens.wait(now)).toBeGreaterThan(0);
        return isTaken;
      });
      for (const [first, from] of at.entries()) {
        for (const [last, to] of at.entries()) {
          if (last < first) continue;
          const most = capacity + ((to - from) * perSecond) / 1000;
          expect(last - first + 1).toBeLessThanOrEqual(most + 1e-6);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('a bucket that refuses has a token when its wait is over', () => {
  const kinds = constantFrom(
    () => new TokenBucket(3, 4, START),
    () => new TokenBucket(0.7, 2, START),
    () => new BatchBucket(4, 2, 1_000, START),
  );
  assert(
    property(kinds, gaps, (make, each) => {
      const bucket = make();
      let now = START;
      for (const gap of each) {
        now += gap;
        if (bucket.take(now)) continue;
        now += Math.ceil(bucket.wait(now));
        expect(bucket.take(now)).toBe(true);
      }
    }),
    { examples: [[() => new TokenBucket(3, 4, START), [0, 0, 0, 0, 0, 0, 7]]] },
  );
});

test('a batch bucket is never above its capacity, and refills at its intervals only', () => {
  const bucket = record({
    capacity: integer({ min: 1, max: 20 }),
    fill: integer({ min: 1, max: 30 }),
  });
  assert(
    property(bucket, gaps, ({ capacity, fill }, each) => {
      const tokens = new BatchBucket(capacity, fill, 1_000, START);
      const at = passed(each, (now) => {
        expect(tokens.remaining(now)).toBeLessThanOrEqual(capacity);
        return tokens.take(now);
      });
      const intervals = new Map<number, number>();
      for (const time of at) {
        const interval = Math.floor((time - START) / 1_000);
        intervals.set(interval, (intervals.get(interval) ?? 0) + 1);
      }
      for (const count of intervals.values()) expect(count).toBeLessThanOrEqual(capacity);
    }),
  );
});

test('a quota lets no window spend more than its points, whatever is corrected later', () => {
  const calls = array(
    record({ gap: constantFrom(0, 0, 10, 400), cost: integer({ min: 1, max: 5 }) }),
  );
  assert(
    property(integer({ min: 1, max: 40 }), calls, (points, each) => {
      const quota = new PointsQuota(points, 1_000, START);
      const spent = new Map<number, number>();
      let now = START;
      for (const { gap, cost } of each) {
        now += gap;
        const had = quota.remaining(now);
        const charge = quota.take(cost, now);
        expect(charge !== undefined).toBe(had >= cost);
        const actual = Math.max(1, cost - 1);
        charge?.(actual);
        const window = Math.floor(now / 1_000);
        if (charge) spent.set(window, (spent.get(window) ?? 0) + actual);
        expect(quota.remaining(now)).toBe(points - (spent.get(window) ?? 0));
        expect(quota.msLeft(now)).toBe((window + 1) * 1_000 - now);
      }
    }),
  );
});
