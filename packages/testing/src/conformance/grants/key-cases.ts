import assert from 'node:assert/strict';
import { type GrantKey, type GrantStore, revealSecret } from '@tributary/pipeline';
import { listKeys, makeGrant, makeGrantKey } from './make-grant.js';
import { SEPARATORS, shifted, TRICKY } from './tricky-names.js';

const write = (store: GrantStore, key: GrantKey, text: string) =>
  store.exclusive(key, async () => ({ write: makeGrant(text) }));

const PARTS = ['issuer', 'clientId', 'accountId', 'installationId'] as const;

/** Keys that a store which joins or escapes carelessly takes for one another. */
const neighbours = (): readonly GrantKey[] => {
  const keys: GrantKey[] = [];
  for (const separator of SEPARATORS) {
    for (const [left, right] of shifted(separator)) {
      keys.push(makeGrantKey({ issuer: left, clientId: right, accountId: 'n' }));
      keys.push(makeGrantKey({ clientId: left, accountId: right }));
      keys.push(makeGrantKey({ accountId: left, installationId: right }));
    }
  }
  for (const name of TRICKY) {
    keys.push(makeGrantKey({ accountId: name }));
    keys.push(makeGrantKey({ installationId: name }));
  }
  keys.push(makeGrantKey());
  return [...new Map(keys.map((key) => [asText(key), key])).values()];
};

const asText = (key: GrantKey): string => JSON.stringify(PARTS.map((part) => key[part]));

export const keepsKeysApart = async (store: GrantStore, peer: GrantStore): Promise<void> => {
  const keys = neighbours();
  for (const [index, key] of keys.entries()) await write(store, key, `${index}`);
  for (const [index, key] of keys.entries()) {
    const grant = await peer.read(key);
    const found = grant && revealSecret(grant.accessToken);
    assert.equal(found, `${index}`, `another key's grant is read as that of ${asText(key)}`);
  }
  const [first, ...others] = keys;
  assert.ok(first);
  await store.delete(first);
  for (const key of others) assert.ok(await store.read(key), 'delete removed another key');
};

const listed = async (store: GrantStore, prefix: Partial<GrantKey>): Promise<string[]> =>
  (await listKeys(store, prefix)).map(asText).sort();

const texts = (keys: readonly GrantKey[]): string[] => keys.map(asText).sort();

export const listsByEqualParts = async (store: GrantStore, peer: GrantStore): Promise<void> => {
  const a1 = makeGrantKey({ issuer: 'https://a', accountId: '1' });
  const a2 = makeGrantKey({ issuer: 'https://a', accountId: '2' });
  const b1 = makeGrantKey({ issuer: 'https://ab', accountId: '1' });
  const installed = makeGrantKey({ issuer: 'https://a', accountId: '1', installationId: 'i' });
  const keys = [a1, a2, b1, installed];
  for (const key of keys) await write(store, key, 'x');
  assert.deepEqual(await listed(peer, {}), texts(keys));
  assert.deepEqual(await listed(peer, { issuer: 'https://a' }), texts([a1, a2, installed]));
  assert.deepEqual(await listed(peer, { accountId: '1' }), texts([a1, b1, installed]));
  assert.deepEqual(await listed(peer, { installationId: 'i' }), texts([installed]));
  assert.deepEqual(await listed(peer, { issuer: 'https://a', accountId: '2' }), texts([a2]));
  assert.deepEqual(await listed(peer, { clientId: 'other' }), []);
};

export const listsNoWildcards = async (store: GrantStore): Promise<void> => {
  for (const accountId of TRICKY) await write(store, makeGrantKey({ accountId }), 'x');
  for (const accountId of TRICKY) {
    const key = makeGrantKey({ accountId });
    assert.deepEqual(await listed(store, { accountId }), texts([key]));
    assert.deepEqual(await listed(store, key), texts([key]));
  }
  assert.deepEqual(await listed(store, { issuer: '%' }), []);
  assert.deepEqual(await listed(store, { issuer: '*', accountId: 'a' }), []);
};
