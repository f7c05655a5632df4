const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

interface DateForm {
  readonly pattern: RegExp;
  /** Where the named groups' year is short: RFC 9110 puts it into the past when it is 50 years ahead. */
  readonly hasShortYear?: true;
}

/** The three forms of RFC 9110, section 5.6.7. `Date.parse` takes far more, also "-1" and "2". */
const FORMS: readonly DateForm[] = [
  {
    pattern:
      /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/,
  },
  {
    pattern:
      /^[A-Z][a-z]{5,8}, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d\d:\d\d:\d\d) GMT$/,
    hasShortYear: true,
  },
  {
    pattern:
      /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/,
  },
];

const longYear = (short: number, nowMs: number): number => {
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + short;
  return year > thisYear + 50 ? year - 100 : year;
};

/** Epoch ms of an HTTP-date, or `undefined` for anything else. */
export const parseHttpDate = (value: string, nowMs: number): number | undefined => {
  for (const { pattern, hasShortYear } of FORMS) {
    const groups = pattern.exec(value)?.groups;
    if (groups === undefined) continue;
    const month = MONTHS.indexOf(groups.month ?? '') / 3;
    if (!Number.isInteger(month) || month < 0) return undefined;
    const [hours = 0, minutes = 0, seconds = 0] = (groups.time ?? '').split(':').map(Number);
    if (hours > 23 || minutes > 59 || seconds > 60) return undefined;
    const day = Number(groups.day);
    const year = hasShortYear ? longYear(Number(groups.year), nowMs) : Number(groups.year);
    const date = new Date(0);
    date.setUTCFullYear(year, month, day);
    date.setUTCHours(hours, minutes, seconds);
    const parsed = date.getTime();
    return day >= 1 && day <= 31 && Number.isFinite(parsed) ? parsed : undefined;
  }
  return undefined;
};
