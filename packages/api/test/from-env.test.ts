import { describe, expect, test } from 'vitest';
import { ConfigError, fromEnv } from '../src/index.js';

const CLOUD = { TRIBUTARY_SITE: 'https://example.atlassian.net' };
const CLIENT = {
  TRIBUTARY_CLIENT_ID: 'id',
  TRIBUTARY_CLIENT_SECRET: 'canary-secret',
  TRIBUTARY_REDIRECT_URI: 'http://localhost:8080/callback',
};

describe('fromEnv', () => {
  test('reads a Cloud site with an API token', () => {
    const config = fromEnv({
      ...CLOUD,
      TRIBUTARY_EMAIL: 'me@example.com',
      TRIBUTARY_TOKEN: 'token',
    });
    expect(config.site).toMatchObject({
      deployment: 'cloud',
      url: 'https://example.atlassian.net/',
    });
    expect(config.app).toBeTypeOf('function');
    expect(config.user).toBeUndefined();
  });

  test('reads a Data Center site with a personal access token', () => {
    const config = fromEnv({
      TRIBUTARY_SITE: 'https://wiki.example.com/confluence',
      TRIBUTARY_DEPLOYMENT: 'data-center',
      TRIBUTARY_TOKEN: 'token',
    });
    expect(config.site).toMatchObject({
      deployment: 'data-center',
      url: 'https://wiki.example.com/confluence/',
    });
    expect(config.app).toBeTypeOf('function');
  });

  test('reads an OAuth client', () => {
    expect(fromEnv({ ...CLOUD, ...CLIENT }).user).toBeTypeOf('function');
  });

  test('an empty variable counts as not set', () => {
    expect(fromEnv({ ...CLOUD, TRIBUTARY_EMAIL: '', TRIBUTARY_TOKEN: '' })).toEqual({
      site: fromEnv(CLOUD).site,
    });
  });

  test.each([
    ['TRIBUTARY_SITE', {}],
    ['TRIBUTARY_SITE', { TRIBUTARY_SITE: 'example' }],
    ['TRIBUTARY_SITE', { TRIBUTARY_SITE: 'http://example.atlassian.net' }],
    ['TRIBUTARY_SITE', { TRIBUTARY_SITE: 'https://evil.example.com' }],
    ['TRIBUTARY_DEPLOYMENT', { ...CLOUD, TRIBUTARY_DEPLOYMENT: 'server' }],
    ['TRIBUTARY_TOKEN', { ...CLOUD, TRIBUTARY_EMAIL: 'me@example.com' }],
    ['TRIBUTARY_EMAIL', { ...CLOUD, TRIBUTARY_TOKEN: 'token' }],
    ['TRIBUTARY_TOKEN', { ...CLOUD, TRIBUTARY_EMAIL: 'a@b.c', TRIBUTARY_TOKEN: 'canary-secret\r' }],
    ['TRIBUTARY_TOKEN', { ...CLOUD, TRIBUTARY_EMAIL: 'a@b.c', TRIBUTARY_TOKEN: '"canary-secret"' }],
    ['TRIBUTARY_EMAIL', { ...CLOUD, TRIBUTARY_EMAIL: 'a b', TRIBUTARY_TOKEN: 'canary-secret' }],
    ['TRIBUTARY_CLIENT_SECRET', { ...CLOUD, ...CLIENT, TRIBUTARY_CLIENT_SECRET: '' }],
    ['TRIBUTARY_REDIRECT_URI', { ...CLOUD, ...CLIENT, TRIBUTARY_REDIRECT_URI: 'nowhere' }],
  ])('names %s when it is missing or wrong, and shows no value', (field, env) => {
    let error: unknown;
    try {
      fromEnv(env);
    } catch (reason) {
      error = reason;
    }
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ field });
    expect((error as Error).message).toContain(field);
    expect((error as Error).message).not.toContain('canary-secret');
  });
});
