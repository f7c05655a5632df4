import {
  type Clock,
  type Grant,
  type GrantDecision,
  type GrantKey,
  type GrantStore,
  systemClock,
} from '@tributary/pipeline';
import { grantKeyId } from './grant-key.js';

export interface MemoryGrantsOptions {
  /** Default: the system's. */
  readonly clock?: Clock;
  /** How long a holder may take to decide, in ms; then the next one has its turn. Default 60,000. */
  readonly leaseMs?: number;
}

const DEFAULT_LEASE_MS = 60_000;
/** How long before its end a lease warns its holder. */
const WARNING_MS = 5_000;

interface Entry {
  readonly key: GrantKey;
  readonly grant: Grant;
}

const PARTS = ['issuer', 'clientId', 'accountId', 'installationId'] as const;

const matches = (key: GrantKey, prefix: Partial<GrantKey>): boolean =>
  PARTS.every((part) => prefix[part] === undefined || prefix[part] === key[part]);

/** Grants in this process's memory: for tests, demos and scripts. They end with the process. */
export const memoryGrants = (options: MemoryGrantsOptions = {}): GrantStore => {
  const { clock = systemClock, leaseMs = DEFAULT_LEASE_MS } = options;
  const entries = new Map<string, Entry>();
  const turns = new Map<string, Promise<void>>();

  /** Resolves when every earlier holder of the key has decided or run out of time. */
  const takeTurn = async (id: string): Promise<() => void> => {
    const earlier = turns.get(id);
    let end = () => {};
    const turn = new Promise<void>((resolve) => {
      end = resolve;
    });
    turns.set(id, turn);
    await earlier;
    return () => {
      if (turns.get(id) === turn) turns.delete(id);
      end();
    };
  };

  /** Applies only to the grant that the holder saw: a late one overwrites nothing newer. */
  const apply = (id: string, key: GrantKey, seen: Grant | undefined, decision: GrantDecision) => {
    if (entries.get(id)?.grant === seen) {
      if (decision === 'delete') entries.delete(id);
      else if (decision !== 'keep') entries.set(id, { key: { ...key }, grant: decision.write });
    }
    return entries.get(id)?.grant;
  };

  return {
    read: async (key) => entries.get(grantKeyId(key))?.grant,

    async exclusive(key, decide) {
      const id = grantKeyId(key);
      const endTurn = await takeTurn(id);
      const lease = new AbortController();
      const cancelWarning = clock.setTimer(
        () => lease.abort(new Error('The lease on the grant is about to end.')),
        Math.max(0, leaseMs - WARNING_MS),
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
      for (const key of found) if (matches(key, prefix)) yield key;
    },
  };
};
