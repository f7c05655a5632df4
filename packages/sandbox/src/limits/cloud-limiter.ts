import { burstLimits } from './burst-limits.js';
import { endpointOf } from './endpoint.js';
import type { CloudLimits } from './limit-options.js';
import type { Limiter } from './limiter.js';
import { actualPoints, leastPoints } from './points.js';
import { quotaLimits } from './quota-limits.js';

/** The burst limit of the endpoint, for everybody; then the points of the app, where one calls. */
export function cloudLimiter({ burst, quota }: CloudLimits, now: () => number): Limiter {
  const takeRate = burst && burstLimits(burst, now);
  const takePoints = quota && quotaLimits(quota, now);
  return {
    admit({ method, path, identity: { app } }) {
      const endpoint = endpointOf(path);
      if (endpoint === undefined) return undefined;
      const rate = takeRate?.(method, endpoint);
      if (rate?.refusal) return rate;
      const points =
        app === undefined ? undefined : takePoints?.(app, leastPoints(method, endpoint));
      if (points?.refusal) return points;
      return {
        headers: (outcome) => ({
          ...rate?.headers(),
          ...points?.headers(actualPoints(method, endpoint, outcome)),
        }),
      };
    },
  };
}
