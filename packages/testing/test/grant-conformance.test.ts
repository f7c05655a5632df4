import type {
  AccountLinkKey,
  AccountLinks,
  GrantKey,
  GrantStore,
  PendingRecords,
} from '@tributary/pipeline';
import { describe, test } from 'vitest';
import {
  accountLinksConformance,
  fakeAccountLinks,
  fakeClock,
  fakeGrantStore,
  fakePendingRecords,
  grantStoreConformance,
  pendingRecordsConformance,
} from '../src/index.js';
import { expectFailures } from './expect-failures.js';

describe('what is right passes', () => {
  for (const { name, run } of grantStoreConformance({ create: fakeGrantStore })) test(name, run);
  for (const { name, run } of accountLinksConformance({ create: fakeAccountLinks })) {
    test(name, run);
  }
  for (const { name, run } of pendingRecordsConformance({ create: fakePendingRecords })) {
    test(name, run);
  }
});

const KEPT_APART = 'grant store: different keys never meet';

describe('a wrong store fails, and by the right case', () => {
  const broken = (
    title: string,
    change: (store: GrantStore) => Partial<GrantStore>,
    expected: readonly string[],
  ) => {
    const create = () => {
      const store = fakeGrantStore();
      return { ...store, ...change(store) };
    };
    const names = expected.map((name) => `grant store: ${name}`);
    expectFailures(title, grantStoreConformance({ create }), names);
  };

  broken(
    'nobody waits',
    (store) => ({
      exclusive: async (key, decide) => {
        const decision = await decide(await store.read(key), new AbortController().signal);
        return store.exclusive(key, async () => decision);
      },
    }),
    ['one holder at a time decides about a key'],
  );

  broken(
    'a holder is given a dead signal',
    (store) => ({
      exclusive: (key, decide) =>
        store.exclusive(key, (grant) => decide(grant, AbortSignal.abort())),
    }),
    ['it starts empty'],
  );

  broken(
    'all keys wait for one',
    (store) => {
      let queue: Promise<unknown> = Promise.resolve();
      return {
        exclusive: (key, decide) => {
          const work = queue.then(() => store.exclusive(key, decide));
          queue = work.catch(() => undefined);
          return work;
        },
      };
    },
    ['different keys are decided in parallel'],
  );

  broken(
    'a failing holder deletes',
    (store) => ({
      exclusive: (key, decide) =>
        store.exclusive(key, decide).catch(async (error: unknown) => {
          await store.delete(key);
          throw error;
        }),
    }),
    ['a holder that fails writes nothing and lets go'],
  );

  broken(
    "a holder's error is replaced",
    (store) => ({
      exclusive: (key, decide) =>
        store.exclusive(key, decide).catch(() => {
          throw new Error('store failed');
        }),
    }),
    ['a holder that fails writes nothing and lets go'],
  );

  broken(
    'a failing holder keeps the key',
    (store) => {
      const stuck = new Set<string>();
      return {
        exclusive: (key, decide) =>
          stuck.has(key.accountId)
            ? new Promise(() => {})
            : store.exclusive(key, decide).catch((error: unknown) => {
                stuck.add(key.accountId);
                throw error;
              }),
      };
    },
    ['a holder that fails writes nothing and lets go'],
  );

  broken(
    "the value before the write is returned, 'keep' deletes",
    (store) => ({
      exclusive: async (key, decide) => {
        const before = await store.read(key);
        await store.exclusive(key, async (grant, signal) => {
          const decision = await decide(grant, signal);
          return decision === 'keep' ? 'delete' : decision;
        });
        return before;
      },
    }),
    [
      'every field of a grant is kept',
      'write, keep and delete do what they say',
      'a holder that fails writes nothing and lets go',
    ],
  );

  broken(
    'a field is lost',
    (store) => ({
      exclusive: (key, decide) =>
        store.exclusive(key, async (grant, signal) => {
          const decision = await decide(grant, signal);
          if (typeof decision === 'string') return decision;
          return { write: { ...decision.write, grantedAt: decision.write.obtainedAt } };
        }),
    }),
    [
      'every field of a grant is kept',
      'secrets survive, and stay secrets',
      'write, keep and delete do what they say',
      'a holder that fails writes nothing and lets go',
      'a read does not wait for the holder',
    ],
  );

  broken(
    'a read waits for the holder',
    (store) => ({
      read: async (key) => store.exclusive(key, async () => 'keep'),
    }),
    ['a read does not wait for the holder'],
  );

  broken(
    'list matches beginnings',
    (store) => ({
      async *list(prefix) {
        for await (const key of store.list({})) {
          const parts = Object.entries(prefix) as [keyof GrantKey, string][];
          if (parts.every(([part, value]) => key[part]?.startsWith(value))) yield key;
        }
      },
    }),
    ['list yields the keys whose given parts are equal', 'wildcards in list have no effect'],
  );

  broken(
    'list takes % for a wildcard',
    (store) => ({
      async *list({ issuer, ...rest }) {
        yield* store.list(issuer === undefined || issuer === '%' ? rest : { issuer, ...rest });
      },
    }),
    ['wildcards in list have no effect'],
  );

  for (const separator of ['|', ':', '\u0000', '']) {
    const joined = ({ issuer, clientId, accountId, installationId }: GrantKey): GrantKey => ({
      issuer: [issuer, clientId, accountId, installationId ?? ''].join(separator),
      clientId: '',
      accountId: '',
    });
    const create = (): GrantStore => {
      const store = fakeGrantStore();
      return {
        ...store,
        read: (key) => store.read(joined(key)),
        exclusive: (key, decide) => store.exclusive(joined(key), decide),
        delete: (key) => store.delete(joined(key)),
      };
    };
    const cases = grantStoreConformance({ create }).filter(({ name }) => name === KEPT_APART);
    expectFailures(`keys are joined by ${JSON.stringify(separator)}`, cases, [KEPT_APART]);
  }
});

describe('wrong links fail, and by the right case', () => {
  const broken = (
    title: string,
    change: (links: AccountLinks) => Partial<AccountLinks>,
    expected: readonly string[],
  ) => {
    const create = () => {
      const links = fakeAccountLinks();
      return { ...links, ...change(links) };
    };
    const names = expected.map((name) => `account links: ${name}`);
    expectFailures(title, accountLinksConformance({ create }), names);
  };

  const joined = ({ issuer, clientId, userId }: AccountLinkKey): AccountLinkKey => ({
    issuer: `${issuer}|${clientId}|${userId}`,
    clientId: '',
    userId: '',
  });

  broken(
    'keys are joined',
    (links) => ({
      read: (link) => links.read(joined(link)),
      write: (link, account) => links.write(joined(link), account),
      delete: (link) => links.delete(joined(link)),
    }),
    ['different links never meet'],
  );
  broken(
    'the first write wins',
    (links) => ({
      write: async (link, account) => {
        if ((await links.read(link)) === undefined) await links.write(link, account);
      },
    }),
    ['what is written is read'],
  );
  broken('delete does nothing', () => ({ delete: async () => {} }), ['delete removes one link']);
});

describe('wrong pending records fail, and by the right case', () => {
  const broken = (
    title: string,
    change: (records: PendingRecords) => Partial<PendingRecords>,
    expected: readonly string[],
  ) => {
    const clock = fakeClock();
    const create = () => {
      const records = fakePendingRecords(clock);
      return { ...records, ...change(records) };
    };
    const names = expected.map((name) => `pending records: ${name}`);
    expectFailures(title, pendingRecordsConformance({ create, pass: clock.advance }), names);
  };

  const ONE_TAKER = 'of many takers at once one gets it';
  const ENDS = 'a record ends by itself';
  const REPLACES = 'a second write replaces the value and its time';

  broken(
    'a taker reads first and removes then',
    (records) => ({
      async take(id) {
        const value = await records.read(id);
        await records.delete(id);
        return value;
      },
    }),
    [ONE_TAKER],
  );
  broken('a read takes', (records) => ({ read: records.take }), [
    'what is written is read, and taken once',
  ]);
  broken(
    'nothing ends',
    (records) => ({ write: (id, value, ttlMs) => records.write(id, value, ttlMs * 1e6) }),
    [ENDS, REPLACES],
  );
  broken(
    'the first write wins',
    (records) => ({
      async write(id, value, ttlMs) {
        if ((await records.read(id)) === undefined) await records.write(id, value, ttlMs);
      },
    }),
    ['text of any kind and length is kept', REPLACES],
  );
  broken(
    'a second write keeps the first time',
    (records) => {
      const times = new Map<string, number>();
      return {
        async write(id, value, ttlMs) {
          const first = (await records.read(id)) === undefined ? undefined : times.get(id);
          times.set(id, first ?? ttlMs);
          await records.write(id, value, first ?? ttlMs);
        },
      };
    },
    [REPLACES],
  );
  broken(
    'any time will do',
    (records) => ({
      write: (id, value, ttlMs) => records.write(id, value, ttlMs > 0 ? Math.min(ttlMs, 1e9) : 1e9),
    }),
    ['a time that is none is refused'],
  );
  broken(
    'ids are bytes',
    (records) => {
      const bytes = (id: string) => Buffer.from(id).toString('hex');
      return {
        write: (id, value, ttlMs) => records.write(bytes(id), value, ttlMs),
        read: (id) => records.read(bytes(id)),
        take: (id) => records.take(bytes(id)),
        delete: (id) => records.delete(bytes(id)),
      };
    },
    ['different ids never meet'],
  );
  broken('delete does nothing', () => ({ delete: async () => {} }), [
    'delete removes one record, and nothing is no error',
  ]);
});
