import { inspect } from 'node:util';
import { ConfigError, type Logger } from '@tributary/pipeline';
import { describe, expect, test, vi } from 'vitest';
import { forgeRemote } from '../src/forge-remote/index.js';
import {
  type EncryptionOptions,
  encryption,
  generateEncryptionKey,
} from '../src/grants/encryption/index.js';
import { keychainKey } from '../src/grants/keychain/index.js';
import { postgresGrants } from '../src/grants/postgres/index.js';
import { redisGrants } from '../src/grants/redis/index.js';
import { sqliteGrants } from '../src/grants/sqlite/index.js';
import {
  apiToken,
  clientCredentials,
  dataCenterOAuth,
  memoryGrants,
  oauth,
  personalAccessToken,
} from '../src/index.js';

/** Code without types, or a setting that is not set, gives what the types forbid. */
const errorOf = (create: (wrong: never) => unknown, value: unknown): unknown => {
  try {
    return create(value as never);
  } catch (error) {
    return error;
  }
};

test.each([
  ['apiToken', apiToken, 'email'],
  ['personalAccessToken', personalAccessToken, 'token'],
  ['oauth', oauth, 'clientId'],
  ['dataCenterOAuth', dataCenterOAuth, 'clientId'],
  ['clientCredentials', clientCredentials, 'clientId'],
  ['forgeRemote', forgeRemote, 'appIds'],
  ['sqliteGrants', sqliteGrants, 'path'],
  ['redisGrants', redisGrants, 'url'],
  ['postgresGrants', postgresGrants, 'connectionString'],
  ['keychainKey', keychainKey, 'fallbackFile'],
] as const)('%s() without options names the first that is missing', (_, create, field) => {
  for (const missing of [undefined, null]) {
    const error = errorOf(create, missing);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ field });
  }
});

test('an option that is undefined has its default', () => {
  const names = { service: undefined, account: undefined };
  expect(errorOf(keychainKey, { fallbackFile: '/nowhere/key', ...names })).toBeTypeOf('function');
  const appIds = ['77334c21-3dd0-474f-a53f-28b4eeee5a71'];
  const unset = { jwksUrl: undefined, environments: undefined, clockSkewMs: undefined };
  expect(errorOf(forgeRemote, { appIds, ...unset })).toHaveProperty('verifyInvocation');
});

test.each([0, -1, Number.NaN, '60000', null])('memoryGrants() takes no lease of %j', (leaseMs) => {
  expect(errorOf(memoryGrants, { leaseMs })).toMatchObject({ field: 'leaseMs' });
});

describe('encryption()', () => {
  const key = generateEncryptionKey();

  test('takes no key where options or a list of keys are meant, also where the variable is set', () => {
    vi.stubEnv('TRIBUTARY_ENCRYPTION_KEY', generateEncryptionKey());
    expect(errorOf(encryption, key)).toMatchObject({ field: 'encryption' });
    vi.unstubAllEnvs();
    expect(errorOf(encryption, { keys: key })).toMatchObject({ field: 'encryption.keys' });
  });

  test('takes no null where options are meant', () => {
    expect(errorOf(encryption, null)).toMatchObject({ field: 'encryption' });
  });

  test.each([0, null, {}])('reads no file %j', (file) => {
    expect(errorOf(encryption, { file })).toMatchObject({ field: 'encryption.file' });
  });

  test('shows no key that is given for the name of a file', () => {
    const error = errorOf(encryption, { file: key } satisfies EncryptionOptions);
    expect(error).toMatchObject({ field: 'encryption.file' });
    expect(inspect(error, { depth: null })).not.toContain(key);
  });
});

describe('names', () => {
  test.each([
    ['service', ''],
    ['service', 7],
    ['account', ' '],
  ])('of the keychain: no %s %j, with which no key would be found', (field, value) => {
    const options = { fallbackFile: '/nowhere/key', [field]: value };
    expect(errorOf(keychainKey, options)).toMatchObject({ field });
  });

  test.each([' ', '/var/lib/app/grants.db\r', 'grants\0.db'])('of a file: not %j', (path) => {
    const logger = {} as Logger;
    expect(errorOf(sqliteGrants, { path, logger })).toMatchObject({ field: 'path' });
  });
});
