import { ConfigError, type Site } from '@tributary/pipeline';
import { describe, expect, test } from 'vitest';
import { allowAnyHost, cloud, dataCenter } from '../src/index.js';
import { CLOUD_ID } from './services.js';

const errorOf = (make: () => Site): ConfigError => {
  try {
    make();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
};

describe('cloud', () => {
  test.each([
    ['https://example.atlassian.net', 'https://example.atlassian.net/'],
    ['https://example.atlassian.net/', 'https://example.atlassian.net/'],
    ['HTTPS://Example.Atlassian.NET:443', 'https://example.atlassian.net/'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/'],
    ['http://localhost:8080/', 'http://localhost:8080/'],
    ['http://[::1]:8080', 'http://[::1]:8080/'],
  ])('takes %s', (given, url) => {
    const site = cloud(given);
    expect(site).toEqual({ deployment: 'cloud', url, gateway: 'https://api.atlassian.com/' });
    expect(Object.isFrozen(site)).toBe(true);
  });

  test.each([
    ['no URL', 'example.atlassian.net', /is no URL/],
    ['http', 'http://example.atlassian.net', /must be https/],
    ['another host', 'https://example.com', /atlassian\.net/],
    ['a look-alike', 'https://example.atlassian.net.evil.example', /atlassian\.net/],
    ['another look-alike', 'https://evil-atlassian.net', /atlassian\.net/],
    ['a trailing dot', 'https://example.atlassian.net.', /atlassian\.net/],
    ['a port', 'https://example.atlassian.net:8443', /atlassian\.net/],
    ['the domain alone', 'https://atlassian.net', /atlassian\.net/],
    ['cloud metadata', 'http://169.254.169.254', /must be https/],
    ['a private address', 'https://10.0.0.1', /atlassian\.net/],
    ['user information', 'https://me:pw@example.atlassian.net', /user name/],
    ['a query', 'https://example.atlassian.net/?a=1', /query/],
    ['/wiki', 'https://example.atlassian.net/wiki', /leave out \/wiki/],
    ['/wiki/', 'https://example.atlassian.net/wiki/', /leave out \/wiki/],
    ['a path', 'https://example.atlassian.net/wiki/spaces', /no path/],
  ])('refuses %s', (_, url, message) => {
    const error = errorOf(() => cloud(url));
    expect(error.field).toBe('site');
    expect(error.message).toMatch(message);
  });

  test('takes any https host by the imported symbol only', () => {
    expect(cloud('https://proxy.example', { [allowAnyHost]: true }).url).toBe(
      'https://proxy.example/',
    );
    const typo = { allowAnyHost: true } as object;
    expect(errorOf(() => cloud('https://proxy.example', typo)).field).toBe('site');
    const http = () => cloud('http://proxy.example', { [allowAnyHost]: true });
    expect(errorOf(http).message).toMatch(/https/);
  });

  test('checks the gateway and the cloudId', () => {
    const url = 'https://example.atlassian.net';
    expect(cloud(url, { cloudId: CLOUD_ID }).cloudId).toBe(CLOUD_ID);
    expect(cloud(url, { gateway: 'http://127.0.0.1:1' }).gateway).toBe('http://127.0.0.1:1/');
    expect(errorOf(() => cloud(url, { gateway: 'https://evil.example' })).field).toBe('gateway');
    expect(errorOf(() => cloud(url, { cloudId: '../x' })).field).toBe('cloudId');
    expect(errorOf(() => cloud(url, { cloudId: `${CLOUD_ID}/` })).field).toBe('cloudId');
  });
});

describe('dataCenter', () => {
  test.each([
    ['https://wiki.example.com', 'https://wiki.example.com/'],
    ['https://host.example/confluence', 'https://host.example/confluence/'],
    ['https://host.example/wiki/', 'https://host.example/wiki/'],
    ['http://localhost:8090/confluence', 'http://localhost:8090/confluence/'],
  ])('takes %s', (given, url) => {
    expect(dataCenter(given)).toEqual({ deployment: 'data-center', url });
  });

  test.each([
    ['http', 'http://host.example', /https/],
    ['a Cloud site', 'https://example.atlassian.net', /use cloud/],
    ['a fragment', 'https://host.example/#x', /fragment/],
  ])('refuses %s', (_, url, message) => {
    const error = errorOf(() => dataCenter(url));
    expect(error.field).toBe('site');
    expect(error.message).toMatch(message);
  });
});
