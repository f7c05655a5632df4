import assert from 'node:assert/strict';
import { inspect } from 'node:util';

/** Values that must never be shown; each is found by the same word. */
export const CANARY = {
  authorization: 'Bearer canary-credential',
  renewed: 'Bearer canary-renewed',
  header: 'canary-header',
  query: 'canary-query',
  body: 'canary-body',
  location: 'canary-location',
} as const;

const assertNoCanary = (text: string, where: string): void => {
  const found = Object.values(CANARY).find((value) => text.includes(value.replace('Bearer ', '')));
  assert.equal(found, undefined, `${where} shows a secret`);
};

/** As a log line, a console or an error tracker would show it. */
export const assertShowsNoSecret = (value: unknown, what: string): void => {
  assertNoCanary(inspect(value, { depth: 12 }), `util.inspect of ${what}`);
  assertNoCanary(String(value), `String of ${what}`);
  assertNoCanary(JSON.stringify(value) ?? '', `JSON of ${what}`);
  if (value instanceof Error) {
    assertNoCanary(value.stack ?? '', `the stack of ${what}`);
    assertNoCanary(value.message, `the message of ${what}`);
  }
};

/** Whether `error` is `expected`, or says that it was caused by it. */
export const isOrStemsFrom = (error: unknown, expected: unknown): boolean => {
  let current = error;
  for (let depth = 0; depth < 8; depth += 1) {
    if (current === expected) return true;
    if (!(current instanceof Error)) return false;
    current = current.cause;
  }
  return false;
};
