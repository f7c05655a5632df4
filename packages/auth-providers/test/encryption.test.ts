import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ConfigError, type Grant, revealSecret, Secret } from '@tributary/pipeline';
import { grantStoreConformance } from '@tributary/testing';
import fc from 'fast-check';
import { base64url, CompactEncrypt, decodeProtectedHeader } from 'jose';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type EncryptionOptions,
  encryption,
  generateEncryptionKey,
} from '../src/grants/encryption/index.js';
import { grantFromText, grantToText } from '../src/grants/grant-json.js';
import { GrantUnreadableError } from '../src/grants/grant-unreadable-error.js';
import { leasedGrants } from '../src/grants/leased-grants.js';
import { memoryDatabase } from './support/memory-table.js';

const OLD = generateEncryptionKey();
const NEW = generateEncryptionKey();
const ID = 'grant/issuer/client/ada';

afterEach(() => vi.unstubAllEnvs());

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

const configError = (options?: EncryptionOptions): unknown => {
  try {
    return encryption(options);
  } catch (error) {
    return error;
  }
};

describe('sealing', () => {
  const codec = encryption({ key: OLD });

  test('opens to the same text, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'grapheme-ascii' }),
        async (text, id) => {
          expect(await codec.open(id, await codec.seal(id, text))).toBe(text);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('is a compact JWE with the id in its protected header, new each time', async () => {
    const sealed = await codec.seal(ID, 'text');
    expect(decodeProtectedHeader(sealed)).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      kid: expect.stringMatching(/^[\w-]{16}$/),
      id: ID,
    });
    expect(await codec.seal(ID, 'text')).not.toBe(sealed);
  });

  test('refuses rows that were swapped', async () => {
    const sealed = await codec.seal('grant/issuer/client/mallory', 'text');
    const error = await failure(codec.open(ID, sealed));
    expect(error).toBeInstanceOf(GrantUnreadableError);
    expect(error).toMatchObject({ code: 'GRANT_UNREADABLE', retryable: false });
    expect(String(error)).toMatch(/another row/);
  });

  test('refuses a header that was changed to fit the other row', async () => {
    const sealed = await codec.seal('grant/issuer/client/mallory', 'text');
    const header = { ...decodeProtectedHeader(sealed), id: ID };
    const forged = sealed.replace(/^[^.]*/, base64url.encode(JSON.stringify(header)));
    expect(String(await failure(codec.open(ID, forged)))).toMatch(/damaged, or was changed/);
  });

  test('refuses every change of one character', async () => {
    const sealed = await codec.seal(ID, 'text');
    for (let at = 0; at < sealed.length; at += 1) {
      // The last bits of a part may stand for nothing.
      if (/^.(?:\.|$)/.test(sealed.slice(at))) continue;
      const other = sealed[at] === 'A' ? 'B' : 'A';
      const changed = `${sealed.slice(0, at)}${other}${sealed.slice(at + 1)}`;
      expect(await failure(codec.open(ID, changed))).toBeInstanceOf(GrantUnreadableError);
    }
    for (const junk of ['', 'text', '{"v":1}', 'a.b.c.d.e', '....']) {
      expect(await failure(codec.open(ID, junk))).toBeInstanceOf(GrantUnreadableError);
    }
  });

  test('refuses another algorithm, with the right key too', async () => {
    const bytes = Buffer.from(OLD, 'base64url');
    const { kid } = decodeProtectedHeader(await codec.seal(ID, 'x')) as { kid: string };
    for (const header of [
      { alg: 'A256KW', enc: 'A256GCM' },
      { alg: 'A256GCMKW', enc: 'A256GCM' },
    ]) {
      const sealed = await new CompactEncrypt(new TextEncoder().encode('text'))
        .setProtectedHeader({ ...header, kid, id: ID })
        .encrypt(bytes);
      expect(await failure(codec.open(ID, sealed))).toBeInstanceOf(GrantUnreadableError);
    }
  });
});

describe('keys', () => {
  test('are changed by putting the new one first: the old is read, the new written', async () => {
    const before = await encryption({ key: OLD }).seal(ID, 'old text');
    const both = encryption({ keys: [NEW, OLD] });
    expect(await both.open(ID, before)).toBe('old text');
    const after = await both.seal(ID, 'new text');
    expect(await encryption({ key: NEW }).open(ID, after)).toBe('new text');
    expect(await failure(encryption({ key: OLD }).open(ID, after))).toBeInstanceOf(
      GrantUnreadableError,
    );
  });

  test('a wrong one is named with those that are given, and no key is shown', async () => {
    const sealed = await encryption({ key: OLD }).seal(ID, 'text');
    const error = await failure(encryption({ key: NEW }).open(ID, sealed));
    const { kid } = decodeProtectedHeader(sealed);
    expect(String(error)).toContain(`sealed with the key "${kid}"`);
    const shown = `${inspect(error, { depth: 9 })} ${JSON.stringify(error)}`;
    for (const key of [OLD, NEW]) expect(shown).not.toContain(key.slice(0, 12));
  });

  test('come as base64url, base64, bytes or Secret', async () => {
    const bytes = Buffer.from(OLD, 'base64url');
    const sealed = await encryption({ key: OLD }).seal(ID, 'text');
    const keys = [
      bytes.toString('base64'),
      bytes,
      new Uint8Array(bytes),
      new Secret(` ${OLD}\r\n`),
    ];
    for (const key of keys) expect(await encryption({ key }).open(ID, sealed)).toBe('text');
  });

  test('come from the environment, several between white space or commas', async () => {
    const sealed = await encryption({ key: OLD }).seal(ID, 'text');
    vi.stubEnv('TRIBUTARY_ENCRYPTION_KEY', `${NEW}, ${OLD}\n`);
    expect(await encryption().open(ID, sealed)).toBe('text');
    vi.stubEnv('TRIBUTARY_ENCRYPTION_KEY', NEW);
    expect(await failure(encryption().open(ID, sealed))).toBeInstanceOf(GrantUnreadableError);
  });

  test('come from a file, a line each', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tributary-'));
    const file = join(folder, 'keys');
    await writeFile(file, `${NEW}\r\n${OLD}\n`);
    const sealed = await encryption({ key: OLD }).seal(ID, 'text');
    expect(await encryption({ file }).open(ID, sealed)).toBe('text');
    await rm(folder, { recursive: true });
    const error = configError({ file });
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toMatch(/encryption\.file: can't be read \(ENOENT\)/);
  });

  test('come from a source, which is asked when they are first needed, and again after a failure', async () => {
    const source = vi
      .fn<() => Promise<readonly string[]>>()
      .mockRejectedValueOnce(new Error('locked'))
      .mockResolvedValue([OLD]);
    const codec = encryption({ key: source });
    expect(source).not.toHaveBeenCalled();
    await expect(codec.seal(ID, 'text')).rejects.toThrow('locked');
    const sealed = await codec.seal(ID, 'text');
    expect(await codec.open(ID, sealed)).toBe('text');
    expect(source).toHaveBeenCalledTimes(2);
  });

  test('are refused at once when they can not be right, without being shown', () => {
    vi.stubEnv('TRIBUTARY_ENCRYPTION_KEY', undefined);
    const hex = '0123456789abcdef'.repeat(4);
    const cases: readonly (readonly [EncryptionOptions | undefined, RegExp])[] = [
      [undefined, /^ConfigError: TRIBUTARY_ENCRYPTION_KEY: is not set.*openssl rand/],
      [{ key: 'a passphrase' }, /encryption\.key: has to be 32 random bytes/],
      [{ key: hex }, /encryption\.key: has to be 32 random bytes/],
      [{ key: '' }, /encryption\.key: is empty/],
      [{ key: new Uint8Array(16) }, /encryption\.key: has to be 32 bytes, not 16/],
      [{ keys: [] }, /encryption\.keys: has to hold a key/],
      [{ keys: [OLD, 'short'] }, /encryption\.keys: has to be/],
      [{ key: OLD, file: 'x' }, /encryption: takes one of key and file/],
    ];
    for (const [options, message] of cases) {
      const error = configError(options);
      expect(error).toBeInstanceOf(ConfigError);
      expect(String(error)).toMatch(message);
      expect(String(error)).not.toMatch(/passphrase|0123456789|short/);
    }
    vi.stubEnv('TRIBUTARY_ENCRYPTION_KEY', '');
    expect(String(configError())).toMatch(/TRIBUTARY_ENCRYPTION_KEY: is empty/);
  });

  test('are made 32 random bytes long', () => {
    expect(Buffer.from(generateEncryptionKey(), 'base64url')).toHaveLength(32);
    expect(generateEncryptionKey()).not.toBe(generateEncryptionKey());
  });
});

describe('a grant as text', () => {
  const secret = fc.string({ unit: 'binary' }).map((text) => new Secret(text));
  const time = fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const text = fc.string({ unit: 'binary' });
  const grants: fc.Arbitrary<Grant> = fc.record(
    {
      accessToken: secret,
      refreshToken: secret,
      scopes: fc.array(text),
      expiresAt: time,
      obtainedAt: time,
      grantedAt: time,
      sites: fc.array(
        fc.record(
          { cloudId: text, url: text, name: text },
          { requiredKeys: ['cloudId', 'url'], noNullPrototype: true },
        ),
      ),
    },
    {
      requiredKeys: ['accessToken', 'scopes', 'expiresAt', 'obtainedAt', 'grantedAt', 'sites'],
      noNullPrototype: true,
    },
  );
  const open = (grant: Grant) => ({
    ...grant,
    accessToken: revealSecret(grant.accessToken),
    ...(grant.refreshToken && { refreshToken: revealSecret(grant.refreshToken) }),
  });
  // JSON knows no -0.
  const plain = (grant: Grant) =>
    JSON.parse(JSON.stringify(open(grant))) as Record<string, unknown>;

  test('comes back with every field', () => {
    fc.assert(
      fc.property(grants, (grant) => {
        expect(open(grantFromText(grantToText(grant)))).toEqual(plain(grant));
      }),
    );
  });

  const grant = { v: 1, accessToken: 'canary-a', scopes: [], expiresAt: 1 };
  const whole = { ...grant, obtainedAt: 1, grantedAt: 1, sites: [] };

  test.for([
    ['of a later version', { ...whole, v: 2 }, /version 2.*reads 1/],
    ['without a version', { ...whole, v: undefined }, /version undefined/],
    ['without a time', grant, /no valid `obtainedAt`/],
    ['with a token that is none', { ...whole, accessToken: 7 }, /no valid `accessToken`/],
    ['with a refresh token that is none', { ...whole, refreshToken: null }, /`refreshToken`/],
    ['with scopes that are none', { ...whole, scopes: ['a', 1] }, /`scopes`/],
    ['with a site that is none', { ...whole, sites: [{ url: 'x' }] }, /`cloudId`/],
    ['that is no object', [1], /is damaged/],
    ['that is null', null, /is damaged/],
  ] as const)('%s is refused', ([, stored, message]) => {
    expect(() => grantFromText(JSON.stringify(stored))).toThrow(message);
    expect(() => grantFromText(JSON.stringify(stored))).toThrow(GrantUnreadableError);
  });

  test('that is cut is refused without a quotation', () => {
    const cut = JSON.stringify(whole).slice(0, -1);
    expect(() => grantFromText(cut)).toThrow(/^A stored grant is damaged; it is kept/);
  });
});

describe('a store with a wrong key', () => {
  const key = { issuer: 'i', clientId: 'c', accountId: 'a' };
  const link = { issuer: 'i', clientId: 'c', userId: 'u' };
  const grant: Grant = {
    accessToken: new Secret('t'),
    scopes: [],
    expiresAt: 1,
    obtainedAt: 1,
    grantedAt: 1,
    sites: [],
  };

  test('says so, and destroys nothing', async () => {
    const database = memoryDatabase({ now: Date.now });
    const open = (secret: string) =>
      leasedGrants(database.handle(), { codec: encryption({ key: secret }) });
    const right = open(OLD);
    await right.grants.exclusive(key, async () => ({ write: grant }));
    await right.links.write(link, 'a');
    const before = [...database.rows];

    const wrong = open(NEW);
    const decide = vi.fn(async () => ({ write: grant }));
    for (const work of [
      wrong.grants.read(key),
      wrong.grants.exclusive(key, decide),
      wrong.links.read(link),
    ]) {
      expect(await failure(work)).toBeInstanceOf(GrantUnreadableError);
    }
    expect(decide).not.toHaveBeenCalled();
    expect([...database.rows]).toEqual(before);
    expect(await right.links.read(link)).toBe('a');
    // Who has lost the key may still ask everybody again.
    await wrong.grants.delete(key);
    await wrong.grants.exclusive(key, decide);
    expect(await wrong.grants.read(key)).toBeDefined();
  });

  test('links that were swapped are refused', async () => {
    const database = memoryDatabase({ now: Date.now });
    const table = database.handle();
    const { links } = leasedGrants(table, { codec: encryption({ key: OLD }) });
    await links.write(link, 'ada');
    await links.write({ ...link, userId: 'mallory' }, 'mallory');
    await table.put('link/i/c/mallory', database.rows.get('link/i/c/u')?.value ?? '');
    expect(await failure(links.read({ ...link, userId: 'mallory' }))).toBeInstanceOf(
      GrantUnreadableError,
    );
  });
});

describe('the contract, encrypted', () => {
  const create = () =>
    leasedGrants(memoryDatabase({ now: Date.now }).handle(), { codec: encryption({ key: OLD }) })
      .grants;
  for (const { name, run } of grantStoreConformance({ create })) test(name, run);
});
