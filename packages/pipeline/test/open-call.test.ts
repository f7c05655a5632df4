import { expect, test } from 'vitest';
import { openCall, Secret } from '../src/index.js';
import { makeAuthenticated } from './support/fill.js';

const base = 'https://a.example/ctx/';
const authorization = new Secret('Bearer canary');

test('gives the URL and the credential', () => {
  const { url, authorization: header } = openCall(
    makeAuthenticated({ base, path: '/x?y=1', credential: { authorization, base } }),
  );
  expect([url.href, header]).toEqual(['https://a.example/ctx/x?y=1', 'Bearer canary']);
});

test("the caller's own Authorization goes out only without a credential", () => {
  const headers = { authorization: 'Basic own' };
  expect(openCall(makeAuthenticated({ base, headers })).authorization).toBe('Basic own');
  expect(
    openCall(makeAuthenticated({ base, headers, credential: { authorization, base } }))
      .authorization,
  ).toBe('Bearer canary');
  expect(openCall(makeAuthenticated({ base })).authorization).toBeUndefined();
});

test.each([
  'https://a.example/',
  'https://a.example/ctx',
  'https://a.example/ctx/x/',
  'https://b.example/ctx/',
  '',
])('a credential for %j is refused', (other) => {
  const call = makeAuthenticated({ base, credential: { authorization, base: other } });
  expect(() => openCall(call)).toThrow('belongs to another base URL');
  expect(() => openCall(call)).not.toThrow('canary');
});

test('a middleware that rewrote the path is found out', () => {
  const call = makeAuthenticated({ base, path: '/../admin', credential: { authorization, base } });
  expect(() => openCall(call)).toThrow(expect.objectContaining({ code: 'OUT_OF_BASE' }));
});

test('a middleware that rewrote the base is found out', () => {
  const call = makeAuthenticated({
    base: 'https://evil.example/',
    credential: { authorization, base },
  });
  expect(() => openCall(call)).toThrow(expect.objectContaining({ code: 'OUT_OF_BASE' }));
});

test('no credential goes out in clear text but to loopback', () => {
  const open = (plain: string) => () =>
    openCall(makeAuthenticated({ base: plain, credential: { authorization, base: plain } }));
  expect(open('http://a.example/')).toThrow('https only');
  expect(open('http://127.0.0.1:1/')().authorization).toBe('Bearer canary');
  const own = makeAuthenticated({
    base: 'http://a.example/',
    headers: { authorization: 'Basic o' },
  });
  expect(() => openCall(own)).toThrow('https only');
});
