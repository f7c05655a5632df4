import { expect, test } from 'vitest';
import { type SandboxOptions, startSandbox } from '../../src/index.js';

const burst = (value: unknown) => ({ cloud: { burst: value } });
const quota = (value: unknown) => ({ cloud: { quota: { points: 10, ...(value as object) } } });
const dataCenter = (value: unknown) => ({ dataCenter: value });

test.each([
  [5, 'limits must be an object, not 5'],
  [{ server: {} }, 'limits.server is unknown; limits takes cloud, dataCenter'],
  [
    { cloud: { brust: { perSecond: 5 } } },
    'limits.cloud.brust is unknown; limits.cloud takes burst, quota',
  ],
  [burst({}), 'limits.cloud.burst.perSecond is missing'],
  [burst(100), 'limits.cloud.burst must be an object, not 100'],
  [burst({ perSecond: 0 }), 'limits.cloud.burst.perSecond must be a number above 0, not 0'],
  [burst({ perSecond: '9' }), 'limits.cloud.burst.perSecond must be a number above 0, not 9'],
  [
    burst({ perSecond: 1, capacity: 1.5 }),
    'limits.cloud.burst.capacity must be a whole number above 0, not 1.5',
  ],
  [{ cloud: { quota: {} } }, 'limits.cloud.quota.points is missing'],
  [quota({ points: 1.5 }), 'limits.cloud.quota.points must be a whole number above 0, not 1.5'],
  [quota({ windowMs: -1 }), 'limits.cloud.quota.windowMs must be a whole number above 0, not -1'],
  [quota({ pool: 'app' }), "limits.cloud.quota.pool must be 'global' or 'tenant', not app"],
  [
    quota({ resolutionMs: 0 }),
    'limits.cloud.quota.resolutionMs must be a whole number above 0, not 0',
  ],
  [dataCenter({}), 'limits.dataCenter.capacity is missing'],
  [
    dataCenter({ capacity: 5, fillRate: 0 }),
    'limits.dataCenter.fillRate must be a whole number above 0, not 0',
  ],
  [
    dataCenter({ capacity: 5, intervalSeconds: Number.NaN }),
    'limits.dataCenter.intervalSeconds must be a number above 0, not NaN',
  ],
])('%j is refused', async (limits, message) => {
  await expect(startSandbox({ limits } as SandboxOptions)).rejects.toThrow(message);
});

test.each([199, 100_001, 200.5])('%d pages are refused', async (pages) => {
  await expect(startSandbox({ pages })).rejects.toThrow(
    `pages must be a whole number from 200 to 100000, not ${pages}`,
  );
});
