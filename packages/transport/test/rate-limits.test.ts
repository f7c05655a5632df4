import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askedWait } from '../src/rate-limits/asked-wait.js';
import { limitReason } from '../src/rate-limits/limit-reason.js';
import { readLimits } from '../src/rate-limits/read-limits.js';
import { parseResetTime } from '../src/rate-limits/reset-time.js';
import { parseStructuredList } from '../src/rate-limits/structured-field.js';

const nowMs = Date.UTC(2030, 0, 1);

const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;

describe('parseStructuredList', () => {
  const key = fc.stringMatching(/^[a-z*][a-z0-9_.*-]{0,8}$/);
  const printable = fc.stringMatching(/^[ -~]{0,20}$/);
  const value = fc.oneof(
    printable.map((text) => ({ value: text, text: quoted(text) })),
    fc
      .stringMatching(/^[A-Za-z*][\w!#$%&'*+.^`|~:/-]{0,8}$/)
      .map((text) => ({ value: text, text })),
    fc.integer({ min: -999_999_999, max: 999_999_999 }).map((n) => ({ value: n, text: `${n}` })),
    fc.boolean().map((is) => ({ value: is, text: is ? '?1' : '?0' })),
  );
  const item = fc
    .tuple(
      value,
      fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 4 }),
    )
    .map(([bare, parameters]) => ({
      item: { value: bare.value, parameters: parameters.map(([name, { value }]) => [name, value]) },
      text: `${bare.text}${parameters.map(([name, { text }]) => `;${name}=${text}`).join('')}`,
    }));

  test('Cloud’s burst limit: a limit without an end, beside a quota or not', () => {
    const burst = { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '7' };
    const rate = { perSecond: 100, remaining: 7 };
    expect(read(burst)).toEqual({ windows: [], rate });
    expect(read({ ...burst, 'beta-ratelimit': '"global-app-quota";r=9;t=60' })).toEqual({
      windows: [{ scope: 'app', remaining: 9, resetMs: 60_000 }],
      rate,
    });
  });

  test('reads what was written', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 4 }), (items) => {
        const read = parseStructuredList(items.map(({ text }) => text).join(' ,\t'));
        expect(
          read?.map(({ value, parameters }) => ({ value, parameters: [...parameters] })),
        ).toEqual(items.map(({ item }) => item));
      }),
    );
  });

  test('never throws, and takes no time for long nonsense', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[";=, ?a0\\.-]{0,60}$/)), (text) => {
        parseStructuredList(text);
      }),
    );
    expect(parseStructuredList(`"${'\\"'.repeat(100_000)}`)).toBeUndefined();
    expect(parseStructuredList(';'.repeat(100_000))).toBeUndefined();
  });

  test.each([
    [null],
    [''],
    ['  '],
    ['"open'],
    ['"a",'],
    ['"a" "b"'],
    ['"a";'],
    ['"a";R=1'],
    ['"a";r='],
    ['"a";r=1.2345'],
    ['"a";r=1234567890123456'],
    ['(1 2)'],
    [':aGk=:'],
    ['?2'],
    ['"ä"'],
    ['"a\\n"'],
  ])('%j is none', (text) => expect(parseStructuredList(text)).toBeUndefined());

  test('a parameter without a value is true, the last of a name counts', () => {
    const [item] = parseStructuredList('a; flag;r=1;r=2') ?? [];
    expect([...(item?.parameters ?? [])]).toEqual([
      ['flag', true],
      ['r', 2],
    ]);
  });
});

describe('parseResetTime', () => {
  test.each([
    ['2030-01-01T00:00:30Z', 30_000],
    ['2030-01-01T00:00:30.250Z', 30_250],
    ['2030-01-01T00:01Z', 60_000],
    ['2030-01-01T00:01', 60_000],
    ['2030-01-01T01:01+01:00', 60_000],
    ['2030-01-01T01:01+0100', 60_000],
    [' 2030-01-01T00:01Z ', 60_000],
  ])('%s', (text, afterMs) => expect(parseResetTime(text)).toBe(nowMs + afterMs));

  test.each([[null], [''], ['soon'], ['1893456000'], ['2030-13-01T00:00Z'], ['2030-01-01']])(
    '%j is none',
    (text) => expect(parseResetTime(text)).toBeUndefined(),
  );

  test('reads every time that toISOString writes, with or without seconds', () => {
    const date = fc.date({ min: new Date('2000'), max: new Date('2100'), noInvalidDate: true });
    fc.assert(
      fc.property(date, (at) => {
        expect(parseResetTime(at.toISOString())).toBe(at.getTime());
        expect(parseResetTime(`${at.toISOString().slice(0, 16)}Z`)).toBe(
          at.getTime() - (at.getTime() % 60_000),
        );
      }),
    );
  });
});

test.each([
  ['confluence-burst-based', 'burst'],
  ['jira-burst-based', 'burst'],
  ['confluence-quota-global-based', 'global-quota'],
  ['conf-global-based', 'global-quota'],
  ['confluence-quota-tenant-based', 'tenant-quota'],
  ['jira-cost-based', 'tenant-quota'],
  ['jira-quota-based', 'tenant-quota'],
  ['something-else', 'unknown'],
  [null, 'unknown'],
])('RateLimit-Reason %s is %s', (value, reason) => expect(limitReason(value)).toBe(reason));

const read = (headers: Record<string, string>) => readLimits(new Headers(headers), nowMs);

describe('readLimits', () => {
  test('Cloud: quotas by their names, under both names of the field', () => {
    const value = '"global-app-quota";r=100;t=60, "tenant-quota";r=7;t=5';
    const windows = [
      { scope: 'app', remaining: 100, resetMs: 60_000 },
      { scope: 'tenant', remaining: 7, resetMs: 5000 },
    ];
    expect(read({ 'beta-ratelimit': value })).toEqual({ windows });
    expect(read({ ratelimit: value })).toEqual({ windows });
  });

  test('Cloud: the older fields, the reset by the server’s own clock', () => {
    const headers = { 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '2030-01-01T00:02Z' };
    const date = 'Tue, 01 Jan 2030 00:00:30 GMT';
    const window = { scope: 'tenant', remaining: 3, resetMs: 90_000 };
    expect(read({ ...headers, date })).toEqual({ windows: [window] });
    const global = { 'ratelimit-reason': 'confluence-quota-global-based' };
    expect(read({ ...headers, ...global })).toEqual({
      windows: [{ ...window, scope: 'app', resetMs: 120_000 }],
    });
  });

  test('Data Center: a bucket', () => {
    const headers = {
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': '4',
      'x-ratelimit-interval-seconds': '2',
      'x-ratelimit-fillrate': '5',
      'retry-after': '0',
    };
    const bucket = { capacity: 10, remaining: 4, fill: 5, intervalMs: 2000 };
    expect(read(headers)).toEqual({ windows: [], bucket });
    expect(read({ ...headers, 'x-ratelimit-fillrate': '0' })).toEqual({ windows: [] });
  });

  test('nothing said, or nonsense', () => {
    expect(read({})).toBeUndefined();
    expect(read({ 'x-ratelimit-remaining': 'many' })).toBeUndefined();
    expect(read({ 'x-ratelimit-remaining': '5', 'x-ratelimit-limit': '0' })).toEqual({
      windows: [],
    });
    expect(read({ 'x-ratelimit-remaining': '5' })).toEqual({ windows: [] });
    expect(read({ 'beta-ratelimit': '"a";r=x;t=y' })).toBeUndefined();
  });
});

test('askedWait is never negative, and never less than Retry-After', () => {
  const header = fc.oneof(
    fc.string({ unit: 'binary-ascii' }),
    fc.nat().map(String),
    fc.constantFrom('2030-01-01T00:02Z', '"a";r=0;t=30', 'Tue, 01 Jan 2030 00:00:30 GMT'),
  );
  const names = ['retry-after', 'beta-retry-after', 'x-ratelimit-reset', 'beta-ratelimit', 'date'];
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...names), header),
      fc.nat(86_400),
      (given, seconds) => {
        const get = (name: string) =>
          name === 'retry-after' ? `${seconds}` : (given[name] ?? null);
        expect(askedWait({ get }, nowMs)).toBeGreaterThanOrEqual(seconds * 1000);
      },
    ),
  );
});
