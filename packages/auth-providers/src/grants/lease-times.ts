import { ConfigError } from '@tributary/pipeline';

export interface LeaseTimes {
  /** How long a holder may take to decide, in ms; then the next one has its turn. Default 60,000. */
  readonly leaseMs?: number;
  /** How long before the end of its lease a holder is told to stop, in ms. Default 5,000, and at most half of the lease. */
  readonly warningMs?: number;
}

export const LEASE_DEFAULTS = { leaseMs: 60_000, warningMs: 5_000 } as const;

/** @throws ConfigError naming the option. */
export const readLeaseTimes = (options: LeaseTimes): Required<LeaseTimes> => {
  const { leaseMs = LEASE_DEFAULTS.leaseMs, warningMs = LEASE_DEFAULTS.warningMs } = options;
  for (const [field, value] of Object.entries({ leaseMs, warningMs })) {
    if (!(Number.isFinite(value) && value > 0)) {
      throw new ConfigError(field, 'has to be a number of milliseconds above 0.');
    }
  }
  return { leaseMs, warningMs: Math.min(warningMs, leaseMs / 2) };
};
