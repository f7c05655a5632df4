import { type GrantStore, noRetry, revealSecret, Secret } from '@tributary/pipeline';
import {
  CLOCK,
  composePipeline,
  createRegistry,
  FETCH,
  LOGGER,
  RETRY,
  systemServices,
  TRANSPORT,
} from '@tributary/pipeline/di';
import { createInvocation } from '@tributary/pipeline/invocation';
import { collectLogs, fakeClock, fakeTerminal, makeCall } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { authProviders, storedGrants } from '../src/di.js';
import {
  GrantStoreError,
  memoryAccountLinks,
  memoryGrants,
  memoryStorage,
  oauth,
} from '../src/index.js';
import { fakeAtlassian, keyOf, openOAuth, options, SITE } from './oauth-server.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** A store that renewed grants can't be written to for a while; it reads all the time. */
const failingStore = (store: GrantStore) => {
  let failures = 0;
  let writes = 0;
  const exclusive: GrantStore['exclusive'] = async (key, decide) => {
    let isFailing = false;
    const kept = await store.exclusive(key, async (grant, signal) => {
      const decision = await decide(grant, signal);
      isFailing = failures > 0 && typeof decision === 'object';
      return isFailing ? 'keep' : decision;
    });
    if (!isFailing) return kept;
    failures -= 1;
    writes += 1;
    throw new GrantStoreError('The disk is full.', { retryable: true });
  };
  return {
    grants: { ...store, exclusive },
    failNext: (count: number) => {
      failures = count;
    },
    get failedWrites() {
      return writes;
    },
  };
};

const AWAY = Number.POSITIVE_INFINITY;

/** A grant of which the store has the spent token, and this process the renewed one. */
const renewedUnsaved = async (failures: number) => {
  const store = failingStore(memoryGrants());
  const clock = fakeClock();
  const opened = openOAuth(fakeAtlassian(), {}, { grants: store.grants, clock });
  await opened.consent('u1', 'ada');
  await clock.advance(HOUR);
  store.failNext(failures);
  const call = () => opened.provider.credential(opened.callOf('u1'));
  await expect(call()).rejects.toMatchObject({ code: 'GRANT_STORE_FAILED' });
  const stored = async () => {
    const grant = await store.grants.read(keyOf('ada'));
    return grant?.refreshToken && revealSecret(grant.refreshToken);
  };
  expect(await stored()).toBe('canary-refresh-1');
  const refreshes = () =>
    opened.atlassian.forms.filter((form) => form.get('grant_type') === 'refresh_token').length;
  return { ...opened, ...store, store, clock, stored, refreshes };
};

describe('a renewed grant that the store refuses', () => {
  test.each([1, 2, 5])(
    '%i times is written in the background, and renewed no more',
    async (times) => {
      const { clock, stored, refreshes, provider, callOf, logger } = await renewedUnsaved(times);
      await clock.advance(MINUTE);
      expect(await stored()).toBe('canary-refresh-2');
      expect(refreshes()).toBe(1);
      expect(clock.pending).toBe(0);
      const credential = await provider.credential(callOf('u1'));
      expect(credential && revealSecret(credential.authorization)).toBe('Bearer canary-access-2');
      expect(refreshes()).toBe(1);
      expect(logger.entries.filter(({ level }) => level !== 'warn')).toEqual([]);
    },
  );

  test('is tried less and less often, and for as long as the spent token gets an answer', async () => {
    const { clock, store, logger, stored, provider, callOf } = await renewedUnsaved(AWAY);
    await clock.advance(10_000);
    // After 1, 3 and 7 s, and the first one.
    expect(store.failedWrites).toBe(4);
    await clock.advance(10 * MINUTE);
    expect(store.failedWrites).toBeLessThan(30);
    expect(clock.pending).toBe(0);
    const said = logger.entries.filter(({ message }) => message.includes('could not be stored'));
    expect(said).toMatchObject([
      { level: 'warn', fields: { ...keyOf('ada'), code: 'GRANT_STORE_FAILED' } },
    ]);
    // It is not given up: whoever calls brings it along.
    store.failNext(0);
    await provider.credential(callOf('u1'));
    expect(await stored()).toBe('canary-refresh-2');
  });

  test('gives way to one that somebody else stored meanwhile', async () => {
    const { clock, store, grants, stored } = await renewedUnsaved(1);
    store.failNext(0);
    await grants.exclusive(keyOf('ada'), async (grant) =>
      grant === undefined ? 'keep' : { write: { ...grant, refreshToken: new Secret('newer') } },
    );
    await clock.advance(MINUTE);
    expect(await stored()).toBe('newer');
    expect(clock.pending).toBe(0);
  });

  test('does not come back when the user’s grant was removed', async () => {
    const { clock, grants, store, stored } = await renewedUnsaved(1);
    await grants.delete(keyOf('ada'));
    store.failNext(0);
    await clock.advance(MINUTE);
    expect(await stored()).toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  test('is told without its secrets', async () => {
    const { clock, logger, provider } = await renewedUnsaved(AWAY);
    await clock.advance(10 * MINUTE);
    const disposed = provider.dispose?.();
    await clock.advance(0);
    await disposed;
    expect(logger.entries).toHaveLength(3);
    expect(logger.text()).not.toMatch(/canary-/);
  });

  test('disturbs nobody with a logger that fails', async () => {
    const { clock, logger, provider } = await renewedUnsaved(AWAY);
    logger.warn = logger.error = () => {
      throw new Error('The disk is full.');
    };
    await clock.advance(10 * MINUTE);
    await provider.dispose?.();
    expect(clock.pending).toBe(0);
  });
});

describe('at the end', () => {
  test('it is written once more', async () => {
    const { store, provider, stored, clock, logger } = await renewedUnsaved(1);
    await provider.dispose?.();
    expect(await stored()).toBe('canary-refresh-2');
    expect(store.failedWrites).toBe(1);
    expect([clock.pending, logger.entries.filter(({ level }) => level === 'error')]).toEqual([
      0,
      [],
    ]);
  });

  test('what the store refuses again is told, and nothing is tried later', async () => {
    const { store, provider, clock, logger } = await renewedUnsaved(AWAY);
    await provider.dispose?.();
    expect(store.failedWrites).toBe(2);
    expect(logger.entries.at(-1)).toMatchObject({
      level: 'error',
      fields: { ...keyOf('ada'), code: 'GRANT_STORE_FAILED' },
    });
    await clock.advance(HOUR);
    expect([store.failedWrites, clock.pending]).toEqual([2, 0]);
  });

  test('a store that never answers holds it up for 5 s', async () => {
    const { grants, provider, clock, logger } = await renewedUnsaved(AWAY);
    Object.assign(grants, { exclusive: () => new Promise(() => {}) });
    let isDone = false;
    const disposed = provider.dispose?.().then(() => {
      isDone = true;
    });
    await clock.advance(4_999);
    expect(isDone).toBe(false);
    await clock.advance(1);
    await disposed;
    expect(logger.entries.at(-1)).toMatchObject({ level: 'error' });
  });

  test('a refresh that ends later and is refused is told too', async () => {
    const { provider, callOf, store, clock, logger, atlassian } = await renewedUnsaved(1);
    await clock.advance(MINUTE);
    await clock.advance(HOUR);
    let answer = () => {};
    atlassian.answerTokensWith(async () => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return atlassian.issue('ada');
    });
    const call = Promise.resolve(provider.credential(callOf('u1'))).catch(() => {});
    await clock.advance(0);
    await provider.dispose?.();
    store.failNext(AWAY);
    answer();
    await call;
    await clock.advance(0);
    expect(logger.entries.at(-1)).toMatchObject({ level: 'error', fields: keyOf('ada') });
    expect(clock.pending).toBe(0);
  });

  test('a chain sees to it before it closes its store', async () => {
    const events: string[] = [];
    const store = failingStore(memoryGrants());
    const links = memoryAccountLinks();
    const clock = fakeClock();
    const atlassian = fakeAtlassian();
    const opened = openOAuth(atlassian, {}, { grants: store.grants, links, clock });
    await opened.consent('u1', 'ada');
    await clock.advance(HOUR);
    store.failNext(1);
    const storage = {
      ...memoryStorage(),
      grants: store.grants,
      links,
      dispose: async () => {
        const grant = await store.grants.read(keyOf('ada'));
        events.push(grant?.refreshToken ? revealSecret(grant.refreshToken) : 'nothing');
      },
    };
    const registry = createRegistry({
      plugins: [
        {
          name: 'rest',
          register(to) {
            to.provide(CLOCK, { useValue: clock });
            to.provide(LOGGER, { useValue: collectLogs() });
            to.provide(FETCH, { useValue: atlassian.fetch });
            to.provide(RETRY, { useValue: noRetry });
            to.provide(TRANSPORT, { useValue: fakeTerminal(new Response('{}')) });
          },
        },
        storedGrants(storage),
        authProviders({ user: oauth(options) }),
      ],
      defaults: [systemServices],
    });
    const pipeline = composePipeline(registry);
    const invocation = createInvocation({ surface: 'web', user: { id: 'u1' } });
    const call = makeCall({ site: SITE, principal: { kind: 'user' }, invocation });
    await expect(pipeline.send(call)).rejects.toMatchObject({ code: 'GRANT_STORE_FAILED' });
    await pipeline[Symbol.asyncDispose]();
    expect(events).toEqual(['canary-refresh-2']);
  });
});
