import { createTributary } from '@tributary/api';
import { cloud } from '@tributary/auth-providers';
import { afterAll, expect, test } from 'vitest';
import { createPlatform, type ForgePlatformOptions, install } from '../../src/index.js';

const tributary = createTributary({ site: cloud('https://example.atlassian.net') });
afterAll(() => tributary[Symbol.asyncDispose]());

const url = 'https://backend.example.com';
const authorization = () => undefined;
const accounts = () => [];

// As from JavaScript, or a configuration file: null is what JSON has for "nothing".
test.for([
  ['egress', null],
  ['egress', 'example.com'],
  ['egress[0]', [null]],
  ['egress[1].address', ['a.example', { address: 7 }]],
  ['permissions', null],
  ['permissions.scopes', { scopes: null }],
  ['permissions.external', { external: null }],
  ['permissions.external.fetch', { external: { fetch: null } }],
  ['permissions.external.fetch.backend', { external: { fetch: { backend: null } } }],
  ['permissions.external.images', { external: { images: 'https://a.example' } }],
  ['remotes', null],
  ['remotes', []],
  ['remotes.backend', { backend: null }],
  ['remotes.backend.url', { backend: {} }],
  ['remotes.backend.url', { backend: { url: 'http://backend.example.com' } }],
  ['remotes.backend.headers', { backend: { url, headers: { a: 'b' } } }],
  ['services', null],
  ['services.one.url', { one: { url: 'nowhere' } }],
  ['externalAuth', null],
  ['externalAuth.drive', { drive: null }],
  ['externalAuth.drive.remotes', { drive: { remotes: null, accounts, authorization } }],
  ['externalAuth.drive.remotes.files', { drive: { remotes: { files: 'x' } } }],
  ['externalAuth.drive.accounts', { drive: { remotes: { files: url }, authorization } }],
  ['externalAuth.drive.authorization', { drive: { remotes: { files: url }, accounts } }],
  ['externalAuth.drive.consent', { drive: { remotes: {}, accounts, authorization, consent: 1 } }],
  ['capabilities', null],
  ['capabilities.kvs', { kvs: null }],
  ['webTriggers', null],
  ['webTriggers.getUrl', {}],
  ['app', null],
  ['sites', {}],
  ['bitbucket', null],
  ['scopes', 'warning'],
  ['retry', null],
  ['retry', true],
  ['budget', 'yes'],
  ['timeout', null],
  ['timeout', Number.NaN],
  ['invocationTimeout', -1],
  ['accountId', 7],
  ['contextAri', null],
  ['appCodeDir', 7],
  ['metrics.timing', { counter: () => undefined }],
  ['featureFlags', null],
  ['warn', null],
  ['fetch', null],
  ['strictRoutes', null],
] as const)('%s is an error that names it: %j', ([field, value]) => {
  const [name = ''] = /^\w+/.exec(field) ?? [];
  const options = { [name]: value } as ForgePlatformOptions;
  expect(() => createPlatform(tributary, options)).toThrow(
    expect.objectContaining({ name: 'ConfigError', field }),
  );
  // Nothing was installed either.
  expect(() => install(tributary, options)).toThrow(
    expect.objectContaining({ name: 'ConfigError', field }),
  );
});

test('what is undefined is as if it were not there', () => {
  const names = ['egress', 'permissions', 'remotes', 'externalAuth', 'webTriggers', 'timeout'];
  const options = Object.fromEntries(names.map((name) => [name, undefined]));
  install(tributary, { ...options, warn: undefined })();
});
