import { inspect } from 'node:util';
import { ConfigError } from '@tributary/pipeline';
import { describe, expect, test } from 'vitest';
import { dataCenter, oauth } from '../src/index.js';
import { makeServices } from './services.js';

const good = {
  clientId: 'client',
  clientSecret: 'canary-secret',
  redirectUri: 'http://localhost:53682/callback',
  scopes: ['read:page:confluence', 'read:me'],
};

const errorOf = (make: () => unknown): ConfigError => {
  try {
    make();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
};

describe('config errors', () => {
  const none = undefined as unknown as string;
  const cases: readonly (readonly [string, string, Partial<typeof good>])[] = [
    ['no client id', 'clientId', { clientId: none }],
    ['no secret', 'clientSecret', { clientSecret: '' }],
    ['a secret from a CRLF .env', 'clientSecret', { clientSecret: 'canary\r' }],
    ['a quoted secret', 'clientSecret', { clientSecret: '"canary"' }],
    ['no redirect URI', 'redirectUri', { redirectUri: none }],
    ['a relative redirect URI', 'redirectUri', { redirectUri: '/callback' }],
    ['an http redirect URI', 'redirectUri', { redirectUri: 'http://example.com/callback' }],
    ['a fragment in it', 'redirectUri', { redirectUri: 'https://example.com/#x' }],
    ['another scheme', 'redirectUri', { redirectUri: 'myapp://callback' }],
    ['no scopes', 'scopes', { scopes: [] }],
    ['scopes as a string', 'scopes', { scopes: 'read:me' as unknown as string[] }],
    ['two scopes in one string', 'scopes', { scopes: ['read:me write:me'] }],
    [
      'too many scopes',
      'scopes',
      { scopes: ['read:me', ...Array.from({ length: 50 }, (_, n) => `s${n}`)] },
    ],
  ];
  test.each(cases)('%s', (_, field, wrong) => {
    const error = errorOf(() => oauth({ ...good, ...wrong }));
    expect(error.field).toBe(field);
    expect(inspect(error)).not.toContain('canary');
  });

  test.each([
    ['http://auth.example.com', 'authorizationServer'],
    ['auth.atlassian.com', 'authorizationServer'],
  ])('the authorization server %s', (authorizationServer, field) => {
    expect(errorOf(() => oauth({ ...good, authorizationServer })).field).toBe(field);
  });

  test('Data Center is refused', () => {
    const provider = oauth(good)(makeServices());
    expect(errorOf(() => provider.checkSite?.(dataCenter('https://h.example'))).field).toBe('site');
  });
});
