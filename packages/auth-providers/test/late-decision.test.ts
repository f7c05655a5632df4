import { type Grant, Secret } from '@tributary/pipeline';
import { describe, expect, test } from 'vitest';
import { stillHolds } from '../src/grants/late-decision.js';

/** `token` is the refresh token and the access token, or both apart: `r1/a2`. */
const grantOf = (token: string, grantedAt = 0): Grant => {
  const [refresh = '', access = refresh] = token.split('/');
  return {
    accessToken: new Secret(access),
    ...(refresh !== '' && { refreshToken: new Secret(refresh) }),
    scopes: [],
    expiresAt: 1,
    obtainedAt: 1,
    grantedAt,
    sites: [],
  };
};

describe('what a holder decided to write, when something else is stored than it saw', () => {
  test.for([
    ['r1/a1', 'r2/a2', 'r1/a1', true, 'its spent token is still the one'],
    ['r1/a1', 'r2/a2', 'r1/a9', true, 'its spent token stands beside another access token'],
    ['r1/a1', 'r2/a2', 'r9/a9', false, 'somebody stored a newer token'],
    ['r1/a1', 'r1/a2', 'r1/a1', true, 'not rotated, and nobody else renewed'],
    ['r1/a1', 'r1/a2', 'r1/a9', false, 'not rotated, and somebody else renewed'],
    ['r1/a1', 'r1/a2', 'r9/a9', false, 'not rotated for it, but for somebody else'],
    ['/a1', '/a2', '/a1', true, 'no refresh token at all, and nobody else wrote'],
    ['/a1', '/a2', '/a9', false, 'no refresh token at all, and somebody else wrote'],
    ['/a1', 'r2/a2', '/a9', true, 'a refresh token where there was none'],
  ] as const)('%s → %s over %s: %s, %s', ([seen, write, stored, expected]) => {
    const decision = { write: grantOf(write) };
    expect(stillHolds(decision, grantOf(seen), grantOf(stored))).toBe(expected);
  });

  test('between two consents the later one holds', () => {
    const [seen, stored] = [grantOf('r1', 5), grantOf('r2', 5)];
    expect(stillHolds({ write: grantOf('c', 6) }, seen, stored)).toBe(true);
    expect(stillHolds({ write: grantOf('c', 6) }, undefined, stored)).toBe(true);
    expect(stillHolds({ write: grantOf('c', 4) }, undefined, stored)).toBe(false);
    expect(stillHolds({ write: grantOf('c', 5) }, undefined, stored)).toBe(false);
    // The refresh of a family that a consent has replaced.
    expect(stillHolds({ write: grantOf('r9', 5) }, seen, grantOf('r1', 6))).toBe(false);
  });

  test('what was deleted stays so, but for a later consent', () => {
    const seen = grantOf('r1', 5);
    expect(stillHolds({ write: grantOf('r2', 5) }, seen, undefined)).toBe(false);
    expect(stillHolds({ write: grantOf('c', 6) }, seen, undefined)).toBe(true);
    expect(stillHolds({ write: grantOf('c', 6) }, undefined, undefined)).toBe(true);
  });
});

test('a deletion holds only for the tokens that were seen', () => {
  const seen = grantOf('r1/a1');
  expect(stillHolds('delete', seen, grantOf('r1/a1'))).toBe(true);
  expect(stillHolds('delete', seen, grantOf('r1/a2'))).toBe(false);
  expect(stillHolds('delete', seen, grantOf('r2/a1'))).toBe(false);
  expect(stillHolds('delete', seen, undefined)).toBe(false);
  expect(stillHolds('delete', undefined, grantOf('r1'))).toBe(false);
});
