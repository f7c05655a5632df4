import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeControl, REDACTED, redactHeaders, redactQuery } from '../src/index.js';
import { anyText } from './support/any-text.js';

describe('redactHeaders', () => {
  test('shows what says nothing secret, and REDACTED for all else', () => {
    expect({
      ...redactHeaders({
        Authorization: 'Bearer canary',
        Cookie: 'canary',
        'Set-Cookie': 'canary',
        Location: 'https://media.example/?token=canary',
        'X-Whatever': 'canary',
        'Content-Type': 'application/json',
        'Retry-After': '7',
        'atl-traceid': 'abc',
      }),
    }).toEqual({
      authorization: REDACTED,
      cookie: REDACTED,
      'set-cookie': REDACTED,
      location: REDACTED,
      'x-whatever': REDACTED,
      'content-type': 'application/json',
      'retry-after': '7',
      'atl-traceid': 'abc',
    });
  });

  test('takes a Headers and a list of pairs', () => {
    expect({ ...redactHeaders(new Headers({ date: 'now', cookie: 'c' })) }).toEqual({
      date: 'now',
      cookie: REDACTED,
    });
    expect({ ...redactHeaders([['date', 'now']]) }).toEqual({ date: 'now' });
  });

  test("a server's text is escaped", () => {
    expect(redactHeaders({ 'atl-traceid': 'a\u001b[31mb' })['atl-traceid']).toBe('a\\u{1b}[31mb');
  });

  test('a name such as __proto__ is a name', () => {
    const shown = redactHeaders([['__proto__', 'x']]);
    expect(Object.keys(shown)).toEqual(['__proto__']);
  });
});

describe('redactQuery', () => {
  test.each([
    ['', ''],
    ['?limit=25&cursor=canary', `?limit=25&cursor=${REDACTED}`],
    ['?token=canary', `?token=${REDACTED}`],
    ['status=current&cql=canary', `?status=current&cql=${REDACTED}`],
    ['?canary', `?${REDACTED}`],
    ['?limit=%0A&a%20b=c', `?limit=%0A&a%20b=${REDACTED}`],
  ])('%s', (search, shown) => {
    expect(redactQuery(search)).toBe(shown);
  });
});

describe('escapeControl', () => {
  test.each([
    ['\u001b[2J', '\\u{1b}[2J'],
    ['a\r\nb\tc\u0000', 'a\\u{d}\\u{a}b\\u{9}c\\u{0}'],
    ['\u009b31m', '\\u{9b}31m'],
    ['\u007f', '\\u{7f}'],
    ['\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['\u2066\u2069\u200b\u2028\ufeff', '\\u{2066}\\u{2069}\\u{200b}\\u{2028}\\u{feff}'],
    [
      'plain, \u00fcml\u00e4ut, \u65e5\u672c, \ud83d\udca7',
      'plain, \u00fcml\u00e4ut, \u65e5\u672c, \ud83d\udca7',
    ],
  ])('%j', (text, escaped) => {
    expect(escapeControl(text)).toBe(escaped);
  });

  test('leaves no control character, and changes nothing else', () => {
    fc.assert(
      fc.property(anyText(40), (text) => {
        const escaped = escapeControl(text);
        expect(escaped).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
        expect(escapeControl(escaped)).toBe(escaped);
      }),
    );
  });
});
