import { parseHttpDate } from './http-date.js';

/** Longer than any server means it, and still an integer after rounding. */
const LONGEST_MS = Number.MAX_SAFE_INTEGER;

const waitOf = (ms: number): number => Math.min(Math.max(0, Math.ceil(ms)), LONGEST_MS);

/**
 * How many ms a `Retry-After` asks to wait from `nowMs` on: seconds or an HTTP-date (RFC 9110, section
 * 10.2.3). 0 for a time that has passed, `undefined` for what is neither.
 */
export const parseRetryAfter = (
  value: string | null | undefined,
  nowMs: number,
): number | undefined => {
  const text = value?.trim();
  if (text === undefined || text === '') return undefined;
  // Fractions are not in the standard, but some servers send them; rounded up, never early.
  if (/^\d+(?:\.\d+)?$/.test(text)) return waitOf(Number(text) * 1000);
  const date = parseHttpDate(text, nowMs);
  return date === undefined ? undefined : waitOf(date - nowMs);
};
