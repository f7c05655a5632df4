import {
  ConfigError,
  type Grant,
  type GrantDecision,
  type GrantKey,
  type GrantStorage,
} from '@tributary/pipeline';
import { describe, expect, test } from 'vitest';
import { leasedGrants } from '../src/grants/leased-grants.js';
import type { RowCodec } from '../src/grants/row-codec.js';
import { memoryStorage } from '../src/index.js';
import { key, makeGrant, setUp, tokenOf, write } from './support/leased-stores.js';
import { memoryDatabase } from './support/memory-table.js';

/** Code without types, or with a cast, gives a store what the types forbid. */
const wrong = <T>(value: unknown): T => value as T;

const fieldOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'taken',
    (error: unknown) => (error instanceof ConfigError ? error.field : error),
  );

const STORES: Readonly<Record<string, () => GrantStorage>> = {
  leased: () => setUp().one,
  memory: () => memoryStorage(),
};

const DECISIONS: readonly (readonly [what: string, decision: unknown, field: string])[] = [
  ['nothing', undefined, 'decision'],
  ['another word', 'remove', 'decision'],
  ['a bare grant', makeGrant('new'), 'decision'],
  ['a write of nothing', { write: undefined }, 'decision'],
  ['a grant without tokens', { write: {} }, 'grant.accessToken'],
  ['a bare token', { write: { ...makeGrant('new'), accessToken: 'text' } }, 'grant.accessToken'],
  [
    'a time that is none',
    { write: makeGrant('new', { expiresAt: Number.NaN }) },
    'grant.expiresAt',
  ],
  ['scopes as text', { write: { ...makeGrant('new'), scopes: 'read:me' } }, 'grant.scopes'],
  ['sites without ids', { write: { ...makeGrant('new'), sites: [{ url: 'x' }] } }, 'grant.sites'],
];

const KEYS: readonly (readonly [what: string, key: unknown, field: string])[] = [
  ['none', undefined, 'issuer'],
  ['one without an account', { issuer: 'i', clientId: 'c' }, 'accountId'],
  ['a number', { ...key, clientId: 7 }, 'clientId'],
  ['null as the installation', { ...key, installationId: null }, 'installationId'],
];

describe.each(Object.entries(STORES))('a %s store', (_, open) => {
  test.each(DECISIONS)(
    'that is told %s refuses it, and the grant stays',
    async (_, decision, field) => {
      const { grants, dispose } = open();
      await write(grants, 'old');
      const deciding = grants.exclusive(key, async () => wrong<GrantDecision>(decision));
      expect(await fieldOf(deciding)).toBe(field);
      expect(tokenOf(await grants.read(key))).toBe('old');
      await grants.exclusive(key, async () => 'keep');
      await dispose();
    },
  );

  test.each(KEYS)('refuses as a key %s', async (_, given, field) => {
    const { grants, links, dispose } = open();
    const wrongKey = wrong<GrantKey>(given);
    expect(await fieldOf(grants.read(wrongKey))).toBe(field);
    expect(await fieldOf(grants.delete(wrongKey))).toBe(field);
    expect(await fieldOf(grants.exclusive(wrongKey, async () => 'keep'))).toBe(field);
    expect(await fieldOf(links.read(wrong({ issuer: 'i', clientId: 'c' })))).toBe('userId');
    await dispose();
  });
});

test.each([undefined, null, 'the key itself', { key: 'a key' }])(
  'a store is not made with %j in place of a codec: it would fail when a token is to be written',
  (codec) => {
    const table = memoryDatabase({ now: () => 0 }).handle();
    expect(() => leasedGrants(table, { codec: wrong<RowCodec>(codec) })).toThrow(
      expect.objectContaining({ field: 'encryption' }),
    );
  },
);

test('what is refused shows no token', async () => {
  const { grants } = memoryStorage();
  const bare = wrong<Grant>({ ...makeGrant('new'), accessToken: 'canary-bare' });
  const refused = grants.exclusive(key, async () => ({ write: bare }));
  const error: unknown = await refused.catch((thrown: unknown) => thrown);
  expect(JSON.stringify(error)).not.toContain('canary');
  expect(String((error as Error).stack)).not.toContain('canary');
});
