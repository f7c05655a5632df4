import type {
  AccountLinkKey,
  AccountLinks,
  Clock,
  Grant,
  GrantKey,
  GrantStore,
  PendingRecords,
} from '@tributary/pipeline';
import { systemClock } from '@tributary/pipeline';

const PARTS = ['issuer', 'clientId', 'accountId', 'installationId'] as const;

const nameOf = (key: GrantKey): string => JSON.stringify(PARTS.map((part) => key[part] ?? null));

const linkName = ({ issuer, clientId, userId }: AccountLinkKey): string =>
  JSON.stringify([issuer, clientId, userId]);

/** Grants in memory, for tests: one holder at a time per key, and no lease that ends. */
export const fakeGrantStore = (): GrantStore => {
  const entries = new Map<string, { readonly key: GrantKey; readonly grant: Grant }>();
  const holders = new Map<string, Promise<unknown>>();
  const read = (name: string): Grant | undefined => entries.get(name)?.grant;

  const hold: GrantStore['exclusive'] = async (key, decide) => {
    const name = nameOf(key);
    const decision = await decide(read(name), new AbortController().signal);
    if (decision === 'delete') entries.delete(name);
    else if (decision !== 'keep') entries.set(name, { key: { ...key }, grant: decision.write });
    return read(name);
  };

  return {
    read: async (key) => read(nameOf(key)),
    exclusive(key, decide) {
      const name = nameOf(key);
      const work = (holders.get(name) ?? Promise.resolve()).then(() => hold(key, decide));
      holders.set(
        name,
        work.catch(() => undefined),
      );
      return work;
    },
    async delete(key) {
      entries.delete(nameOf(key));
    },
    async *list(prefix) {
      const given = PARTS.filter((part) => prefix[part] !== undefined);
      for (const { key } of [...entries.values()]) {
        if (given.every((part) => key[part] === prefix[part])) yield key;
      }
    },
  };
};

export const fakeAccountLinks = (): AccountLinks => {
  const links = new Map<string, string>();
  return {
    read: async (link) => links.get(linkName(link)),
    async write(link, accountId) {
      links.set(linkName(link), accountId);
    },
    async delete(link) {
      links.delete(linkName(link));
    },
  };
};

/** Pending records in memory, for tests. */
export const fakePendingRecords = (clock: Clock = systemClock): PendingRecords => {
  const records = new Map<string, { readonly value: string; readonly endsAt: number }>();
  const read = (id: string): string | undefined => {
    const record = records.get(id);
    if (record !== undefined && record.endsAt <= clock.now()) records.delete(id);
    return records.get(id)?.value;
  };
  return {
    async write(id, value, ttlMs) {
      if (!(Number.isFinite(ttlMs) && ttlMs > 0)) throw new RangeError('ttlMs');
      records.set(id, { value, endsAt: clock.now() + ttlMs });
    },
    read: async (id) => read(id),
    async take(id) {
      const value = read(id);
      records.delete(id);
      return value;
    },
    async delete(id) {
      records.delete(id);
    },
  };
};
