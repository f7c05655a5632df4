import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { REDACTED, revealSecret, Secret } from '../src/index.js';

const CANARY = 'Bearer canary-secret';
const secret = new Secret(CANARY);

test.each<[string, () => string]>([
  ['inspect', () => inspect(secret)],
  ['inspect, everything shown', () => inspect(secret, { showHidden: true, depth: 9 })],
  [
    'inspect, without customInspect',
    () => inspect(secret, { customInspect: false, showHidden: true }),
  ],
  ['inspect inside of others', () => inspect({ a: [new Map([['k', secret]])] }, { depth: 9 })],
  ['JSON', () => JSON.stringify({ secret })],
  ['a template string', () => `${secret}`],
  ['String', () => String(secret)],
  ['concatenation', () => `a${secret}`.concat(secret as unknown as string)],
  ['own properties', () => JSON.stringify([Reflect.ownKeys(secret), { ...secret }])],
  ['structuredClone', () => JSON.stringify(structuredClone(secret) ?? null)],
])('%s shows nothing', (_how, show) => {
  expect(show()).not.toContain('canary');
});

test('it prints as REDACTED where a value is expected', () => {
  expect([inspect(secret), `${secret}`, JSON.stringify(secret)]).toEqual([
    REDACTED,
    REDACTED,
    `"${REDACTED}"`,
  ]);
});

test('only revealSecret opens it, and only a real one', () => {
  expect(revealSecret(secret)).toBe(CANARY);
  expect(() => revealSecret({ toString: () => CANARY } as unknown as Secret)).toThrow(TypeError);
  expect(() => revealSecret(new Proxy(secret, {}))).toThrow(TypeError);
});

test('it can not be changed', () => {
  expect(Object.isFrozen(secret)).toBe(true);
  expect(() => Object.assign(secret, { toString: () => 'x' })).toThrow(TypeError);
});
