import {
  type Clock,
  type Grant,
  type GrantDecision,
  type GrantKey,
  type GrantStore,
  systemClock,
} from '@tributary/pipeline';
import { checkDecision } from './check-decision.js';
import { grantKeyId, matchesKey } from './grant-key.js';
import { stillHolds } from './late-decision.js';
import { type LeaseTimes, readLeaseTimes } from './lease-times.js';
import { createTurns } from './turns.js';

export interface MemoryGrantsOptions extends Pick<LeaseTimes, 'leaseMs'> {
  /** Default: the system's. */
  readonly clock?: Clock;
}

interface Entry {
  readonly key: GrantKey;
  readonly grant: Grant;
}

/**
 * Grants in this process's memory: for tests, demos and scripts. They end with the process.
 * @throws ConfigError naming `leaseMs`.
 */
export const memoryGrants = (options: MemoryGrantsOptions = {}): GrantStore => {
  const { clock = systemClock } = options;
  const { leaseMs, warningMs } = readLeaseTimes(options);
  const entries = new Map<string, Entry>();
  const turns = createTurns();

  const apply = (id: string, key: GrantKey, seen: Grant | undefined, decision: GrantDecision) => {
    checkDecision(decision);
    const stored = entries.get(id)?.grant;
    if (decision === 'keep' || (stored !== seen && !stillHolds(decision, seen, stored))) {
      return stored;
    }
    if (decision === 'delete') entries.delete(id);
    else entries.set(id, { key: { ...key }, grant: decision.write });
    return entries.get(id)?.grant;
  };

  return {
    read: async (key) => entries.get(grantKeyId(key))?.grant,

    async exclusive(key, decide) {
      const id = grantKeyId(key);
      const endTurn = await turns.take(id);
      const lease = new AbortController();
      const cancelWarning = clock.setTimer(
        () => lease.abort(new Error('The lease on the grant is about to end.')),
        leaseMs - warningMs,
      );
      const cancelEnd = clock.setTimer(endTurn, leaseMs);
      try {
        const seen = entries.get(id)?.grant;
        return apply(id, key, seen, await decide(seen, lease.signal));
      } finally {
        cancelWarning();
        cancelEnd();
        endTurn();
      }
    },

    async delete(key) {
      entries.delete(grantKeyId(key));
    },

    async *list(prefix) {
      const found = [...entries.values()].map(({ key }) => key);
      for (const key of found) if (matchesKey(key, prefix)) yield key;
    },
  };
};
