import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRetryAfter } from '../src/index.js';

const NOW = Date.UTC(2030, 0, 1);

describe('parseRetryAfter', () => {
  test.each([
    ['0', 0],
    ['1', 1000],
    [' 120 ', 120_000],
    ['0.5', 500],
    ['99999999999999999999999', Number.MAX_SAFE_INTEGER],
    ['Tue, 01 Jan 2030 00:01:00 GMT', 60_000],
    ['Tuesday, 01-Jan-30 00:01:00 GMT', 60_000],
    ['Tue Jan  1 00:01:00 2030', 60_000],
    ['Mon, 31 Dec 2029 23:59:00 GMT', 0],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
  ])('%j is %i ms', (value, ms) => expect(parseRetryAfter(value, NOW)).toBe(ms));

  test.each([
    undefined,
    null,
    '',
    '-1',
    '+1',
    '1e3',
    '0x10',
    'Infinity',
    'NaN',
    'soon',
    '1, 2',
    '2030-01-01T00:01:00Z',
    'Tue, 01 Jan 2030 00:01:00 +0100',
    'Tue, 01 Foo 2030 00:01:00 GMT',
    'Tue, 01 anF 2030 00:01:00 GMT',
    'Tue, 41 Jan 2030 00:01:00 GMT',
    'Tue, 01 Jan 2030 25:01:00 GMT',
  ])('%j is nothing', (value) => expect(parseRetryAfter(value, NOW)).toBeUndefined());

  const sane = (ms: number | undefined) =>
    ms === undefined || (Number.isSafeInteger(ms) && ms >= 0);

  test('never throws, is never negative, never a fraction', () => {
    const pieces = fc.constantFrom(...'0123456789', ' ', ',', ':', '-', '.', 'GMT', 'Jan', 'Tue');
    const likely = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          likely,
          fc.date({ noInvalidDate: true }).map((d) => d.toUTCString()),
        ),
        fc.oneof(fc.integer(), fc.double()),
        (value, now) => sane(parseRetryAfter(value, Number.isFinite(now) ? now : 0)),
      ),
    );
  });

  test('reads back every date, to the second', () => {
    const dates = fc.date({
      min: new Date(NOW),
      max: new Date(Date.UTC(9999, 0, 1)),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(dates, (date) => {
        const seconds = Math.floor(date.getTime() / 1000) * 1000;
        return parseRetryAfter(date.toUTCString(), NOW) === seconds - NOW;
      }),
    );
  });
});
