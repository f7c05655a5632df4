import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { type Grant, type GrantStore, Secret } from '@tributary/pipeline';
import { listKeys, makeGrant, makeGrantKey, openGrant } from './make-grant.js';

const key = makeGrantKey();

export const startsEmpty = async (store: GrantStore): Promise<void> => {
  assert.equal(await store.read(key), undefined);
  const seen: unknown[] = [];
  const after = await store.exclusive(key, async (grant, signal) => {
    seen.push(grant, signal instanceof AbortSignal && !signal.aborted);
    return 'keep';
  });
  assert.deepEqual(seen, [undefined, true], 'a holder is given the grant and a live signal');
  assert.equal(after, undefined);
  await store.delete(key);
  assert.deepEqual(await listKeys(store, {}), []);
};

export const keepsEveryField = async (store: GrantStore, peer: GrantStore): Promise<void> => {
  const { refreshToken: _, ...bare } = makeGrant('bare', { scopes: [], sites: [] });
  const grants: readonly Grant[] = [
    makeGrant('full'),
    bare,
    makeGrant('more', {
      scopes: ['b', 'a', 'b c'],
      expiresAt: 0,
      sites: [
        { cloudId: 'c1', url: 'https://ä.example/"x"' },
        { cloudId: 'c2', url: 'https://b.example', name: "O'Neil, 日本 💧" },
      ],
    }),
  ];
  for (const grant of grants) {
    const stored = await store.exclusive(key, async () => ({ write: grant }));
    assert.deepEqual(openGrant(stored), openGrant(grant), 'exclusive resolves to what is stored');
    assert.deepEqual(
      openGrant(await peer.read(key)),
      openGrant(grant),
      'read gives what is stored',
    );
  }
};

export const keepsSecrets = async (store: GrantStore, peer: GrantStore): Promise<void> => {
  // Atlassian's access tokens are JWTs of some thousand characters.
  const long = `canary-${'x'.repeat(8000)}`;
  const grant = makeGrant(long, { refreshToken: new Secret('canary "quoted" ünï\u0000code') });
  await store.exclusive(key, async () => ({ write: grant }));
  const read = await peer.read(key);
  assert.deepEqual(openGrant(read), openGrant(grant));
  assert.ok(read?.accessToken instanceof Secret && read.refreshToken instanceof Secret);
  assert.ok(
    !`${inspect(read)}${JSON.stringify(read)}`.includes('canary'),
    'a grant shows a secret',
  );
};

export const decides = async (store: GrantStore, peer: GrantStore): Promise<void> => {
  const first = makeGrant('first');
  await store.exclusive(key, async () => ({ write: first }));
  const kept = await peer.exclusive(key, async (grant) => {
    assert.deepEqual(openGrant(grant), openGrant(first), 'a holder is given what is stored');
    return 'keep';
  });
  assert.deepEqual(openGrant(kept), openGrant(first), "'keep' resolves to what is stored");
  assert.deepEqual(openGrant(await peer.read(key)), openGrant(first), "'keep' leaves the grant");
  const deleted = await store.exclusive(key, async () => 'delete');
  assert.equal(deleted, undefined, "'delete' resolves to nothing");
  assert.equal(await peer.read(key), undefined, "'delete' removes the grant");

  await store.exclusive(key, async () => ({ write: first }));
  await peer.delete(key);
  assert.equal(await store.read(key), undefined, 'delete removes the grant');
};
