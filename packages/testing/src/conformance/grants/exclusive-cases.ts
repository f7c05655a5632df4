import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { type GrantStore, revealSecret } from '@tributary/pipeline';
import { isOrStemsFrom } from '../canaries.js';
import { patience, rejectionOf, within } from '../waiting.js';
import { makeGrant, makeGrantKey, openGrant } from './make-grant.js';

const key = makeGrantKey();
const HOLDERS = 20;

export const admitsOneHolder = async (store: GrantStore, peer: GrantStore): Promise<void> => {
  let inside = 0;
  const work = Array.from({ length: HOLDERS }, (_, index) =>
    (index % 2 === 0 ? store : peer).exclusive(key, async (grant) => {
      inside += 1;
      assert.equal(inside, 1, 'two holders of one key at the same time');
      const count = grant === undefined ? 0 : Number(revealSecret(grant.accessToken));
      await wait(1);
      inside -= 1;
      return { write: makeGrant(String(count + 1)) };
    }),
  );
  await within(Promise.all(work), 2 * patience.ms, 'every holder must have its turn');
  const last = await store.read(key);
  assert.equal(last && revealSecret(last.accessToken), String(HOLDERS), 'a write was lost');
};

export const runsKeysInParallel = async (store: GrantStore): Promise<void> => {
  const keys = ['one', 'two', 'three'].map((accountId) => makeGrantKey({ accountId }));
  let inside = 0;
  let open = () => {};
  const allInside = new Promise<void>((resolve) => {
    open = resolve;
  });
  const work = keys.map((each) =>
    store.exclusive(each, async () => {
      inside += 1;
      if (inside === keys.length) open();
      await within(
        allInside,
        patience.ms,
        'holders of different keys must not wait for each other',
      );
      return { write: makeGrant(each.accountId) };
    }),
  );
  await Promise.all(work);
};

export const passesFailuresOn = async (store: GrantStore, peer: GrantStore): Promise<void> => {
  await store.exclusive(key, async () => ({ write: makeGrant('kept') }));
  const failure = new Error('the token endpoint is down');
  const failing = store.exclusive(key, async () => {
    await wait(1);
    throw failure;
  });
  const error = await rejectionOf(failing, 'a failing holder must reject');
  assert.ok(isOrStemsFrom(error, failure), "the holder's own error must come through");
  assert.deepEqual(openGrant(await store.read(key)), openGrant(makeGrant('kept')));
  const next = peer.exclusive(key, async () => ({ write: makeGrant('next') }));
  const stored = await within(next, patience.ms, 'a failing holder must let go of the key');
  assert.deepEqual(openGrant(stored), openGrant(makeGrant('next')));
};

export const readsWhileHeld = async (store: GrantStore, peer: GrantStore): Promise<void> => {
  await store.exclusive(key, async () => ({ write: makeGrant('old') }));
  await store.exclusive(key, async () => {
    const read = within(peer.read(key), patience.ms, 'a read must not wait for the holder');
    assert.deepEqual(openGrant(await read), openGrant(makeGrant('old')));
    return { write: makeGrant('new') };
  });
};
