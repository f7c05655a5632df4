import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { findSecrets } from '../src/index.js';

// In base64 it has a + and a /, which base64url writes in another way.
const canary = 'canary+/=?&"\\é~token~~~???>>>';
const found = (text: string | Uint8Array) => findSecrets(text, { token: canary });

describe('findSecrets finds', () => {
  const cases: readonly (readonly [string, string, string | Uint8Array])[] = [
    ['plain text', 'plain', `a line with ${canary} in it`],
    ['bytes', 'plain', Buffer.concat([Buffer.alloc(9000, 255), Buffer.from(canary)])],
    ['percent-encoding', 'plain', `https://x.example/?t=${encodeURIComponent(canary)}`],
    ['lower-case hex', 'plain', encodeURIComponent(canary).toLowerCase()],
    ['twice percent-encoded', 'plain', encodeURIComponent(encodeURIComponent(canary))],
    ['a form', 'plain', `${new URLSearchParams({ t: `${canary}` })}`],
    ['JSON', 'plain', JSON.stringify({ canary })],
    ['JSON inside JSON', 'plain', JSON.stringify({ body: JSON.stringify({ t: canary }) })],
    [
      'JSON with all escaped',
      'plain',
      `"${[...canary].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`,
    ],
    [
      'Basic',
      'base64',
      `Basic ${btoa(`ada@example.com:${Buffer.from(canary).toString('latin1')}`)}`,
    ],
    ['base64url', 'base64url', Buffer.from(`?>?>${canary}`).toString('base64url')],
    ['base64 in a query', 'base64', encodeURIComponent(Buffer.from(canary).toString('base64'))],
    ['hex', 'hex', Buffer.from(canary).toString('hex')],
    ['an inspected Buffer', 'hex', inspect({ key: Buffer.from(canary) })],
  ];
  test.for(cases)('%s', ([, encoding, text]) => {
    expect(found(text)).toMatchObject([{ name: 'token', encoding }]);
  });
});

test('nothing where there is nothing', () => {
  const texts = [
    '',
    canary.slice(1),
    canary.toUpperCase(),
    'x'.repeat(50_000),
    '%',
    '%zz',
    '\\u00',
  ];
  for (const text of texts) expect(found(text)).toEqual([]);
});

test('names each canary, and does not repeat it', () => {
  const canaries = { one: 'canary-number-one', two: 'canary-number-two' };
  const text = `first canary-number-one, then ${btoa('canary-number-two')}`;
  const secrets = findSecrets(text, canaries);
  expect(secrets.map(({ name }) => name)).toEqual(['one', 'two']);
  expect(secrets[0]?.before).toBe('first ');
  expect(JSON.stringify(secrets[0])).not.toContain('canary-number-one');
  expect(findSecrets(text, Object.values(canaries)).map(({ name }) => name)).toEqual(['0', '1']);
});

test('a canary that chance could find is refused', () => {
  expect(() => findSecrets('', ['short-one'])).toThrow(RangeError);
});

/** A small generator with a seed, so that a failure can be run again. */
const generator = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
};

/** 300 canaries among bytes of any kind, at any offset. */
const samples = Array.from({ length: 300 }, (_, seed) => {
  const next = generator(seed * 7919 + 1);
  const bytesOf = (length: number) => Uint8Array.from({ length }, () => next(256));
  const secret = Array.from({ length: 12 + next(40) }, () => String.fromCharCode(33 + next(94)));
  return { secret: secret.join(''), before: bytesOf(next(70)), after: bytesOf(next(70)) };
});

describe('properties', () => {
  const whole = ({ before, secret, after }: (typeof samples)[number]) =>
    Buffer.concat([before, Buffer.from(secret), after]);
  const ways: readonly (readonly [string, (bytes: Buffer) => string | Uint8Array])[] = [
    ['bytes', (bytes) => bytes],
    ['base64', (bytes) => bytes.toString('base64')],
    ['base64 without padding', (bytes) => bytes.toString('base64').replace(/=+$/, '')],
    ['base64url', (bytes) => bytes.toString('base64url')],
    ['base64, percent-encoded', (bytes) => encodeURIComponent(bytes.toString('base64'))],
    ['hex', (bytes) => bytes.toString('hex')],
    ['percent-encoded', (bytes) => bytes.toString('hex').replace(/../g, '%$&')],
    ['JSON of latin1', (bytes) => JSON.stringify(bytes.toString('latin1'))],
  ];
  test.for(ways)('whatever stands around it, it is found in %s', ([, encode]) => {
    for (const sample of samples) {
      const secrets = findSecrets(encode(whole(sample)), [sample.secret]);
      expect(secrets, JSON.stringify(sample.secret)).toHaveLength(1);
    }
  });

  test.for(ways)('and is not found where it is not, in %s', ([, encode]) => {
    for (const [index, sample] of samples.entries()) {
      const other = samples[(index + 1) % samples.length] ?? sample;
      expect(findSecrets(encode(whole(sample)), [other.secret])).toEqual([]);
    }
  });
});
