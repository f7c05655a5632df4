import {
  type Clock,
  ConfigError,
  type Grant,
  type GrantDecision,
  type GrantKey,
  type GrantStorage,
  type GrantStore,
  type Random,
  systemClock,
  systemRandom,
} from '@tributary/pipeline';
import { checkDecision } from './check-decision.js';
import { grantToText } from './grant-json.js';
import { grantKeyId, grantKeyPrefix, matchesKey, parseGrantKeyId } from './grant-key.js';
import { GrantStoreError } from './grant-store-error.js';
import { guardTable } from './guarded-table.js';
import { stillHolds } from './late-decision.js';
import { takeLease } from './lease.js';
import { type LeaseTimes, readLeaseTimes } from './lease-times.js';
import { leasedLinks } from './leased-links.js';
import type { LeasedTable } from './leased-table.js';
import { grantOpener } from './open-grant.js';
import { pendingInRows } from './pending-rows.js';
import { persist } from './persist.js';
import type { RowCodec } from './row-codec.js';
import { createTurns } from './turns.js';

export interface LeasedGrantsOptions extends LeaseTimes {
  /** Seals what is stored: `encryption(…)`. */
  readonly codec: RowCodec;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** For the jitter of waiting. Default: the system's. */
  readonly random?: Random;
}

const PREFIX = 'grant/';

const idOf = (key: GrantKey): string => `${PREFIX}${grantKeyId(key)}`;

interface Loaded {
  /** 0: there is no row. */
  readonly version: number;
  readonly grant: Grant | undefined;
}

/** Grants, account links and pending records in any database that is a `LeasedTable`; disposing of it closes the table. */
export const leasedGrants = (source: LeasedTable, options: LeasedGrantsOptions): GrantStorage => {
  const { codec, clock = systemClock, random = systemRandom } = options;
  // Seen with the first write only, it would cost the token that is to be written.
  if (typeof codec?.seal !== 'function' || typeof codec.open !== 'function') {
    throw new ConfigError(
      'encryption',
      `is ${codec === undefined ? 'missing' : 'no codec'}: grants are stored encrypted. Give encryption(), or encryption({ key }).`,
    );
  }
  if (source.pending === undefined) {
    throw new ConfigError('table', 'lacks `pending`, values that end by themselves: ExpiringRows.');
  }
  const { leaseMs, warningMs } = readLeaseTimes(options);
  const table = guardTable(source);
  const turns = createTurns();
  const opener = grantOpener(codec);
  const closing = new AbortController();
  const holders = new Set<Promise<unknown>>();
  let closed: Promise<void> | undefined;

  const load = async (id: string): Promise<Loaded> => {
    const row = await table.read(id);
    if (row === undefined) return { version: 0, grant: undefined };
    return { version: row.version, grant: await opener.open(id, row.value) };
  };

  /** Resolves to what is stored in the end. */
  const apply = async (id: string, seen: Loaded, decision: GrantDecision) => {
    checkDecision(decision);
    if (decision === 'keep') return (await load(id)).grant;
    const grant = decision === 'delete' ? undefined : decision.write;
    const value = grant && (await codec.seal(id, grantToText(grant)));
    for (let now = seen; ; now = await load(id)) {
      if (now !== seen && !stillHolds(decision, seen.grant, now.grant)) return now.grant;
      if (await persist(clock, () => table.swap(id, now.version, value))) return grant;
    }
  };

  const hold = async (key: GrantKey, decide: Parameters<GrantStore['exclusive']>[1]) => {
    const id = idOf(key);
    // In front of the lease, so that this process has one at a time and wakes the next itself.
    const endTurn = await turns.take(id);
    try {
      const lease = await takeLease(table, id, {
        ...{ clock, random, leaseMs, warningMs },
        onEnd: endTurn,
        closing: closing.signal,
      });
      try {
        const seen = await load(id);
        return await apply(id, seen, await decide(seen.grant, lease.signal));
      } finally {
        await lease.giveBack();
      }
    } finally {
      endTurn();
    }
  };

  const grants: GrantStore = {
    read: async (key) => (await load(idOf(key))).grant,
    exclusive(key, decide) {
      const holder = hold(key, decide);
      const forget = () => holders.delete(holder);
      holders.add(holder);
      holder.then(forget, forget);
      return holder;
    },
    async delete(key) {
      const id = idOf(key);
      await table.remove(id);
      opener.forget(id);
    },
    async *list(prefix) {
      for await (const id of table.ids(`${PREFIX}${grantKeyPrefix(prefix)}`)) {
        const key = parseGrantKeyId(id.slice(PREFIX.length));
        if (key !== undefined && matchesKey(key, prefix)) yield key;
      }
    },
  };

  const { pending, stop } = pendingInRows(table.pending, codec, clock);

  const close = async (): Promise<void> => {
    stop();
    closing.abort(new GrantStoreError('The grant store is closed.'));
    // Whoever is at the token endpoint has to be able to write what comes back.
    await Promise.allSettled(holders);
    await table.close();
  };

  return {
    grants,
    links: leasedLinks(table, codec),
    pending,
    dispose() {
      closed ??= close();
      return closed;
    },
  };
};
