// The run searches in the same ways that the package offers to others, which exports them as one search.
import { decodings } from '../../packages/testing/src/secrets/decodings.ts';
import { encodings } from '../../packages/testing/src/secrets/encodings.ts';

const { TRIBUTARY_CANARY = 'canary-' } = process.env;

/**
 * What each secret begins with that the fixtures of the tests use, all of the sandbox's among them. Another
 * word where the search itself is tested, so that its leaks are not taken for the suite's.
 */
export const MARK = TRIBUTARY_CANARY;

const NEEDLES = encodings(new TextEncoder().encode(MARK));

/** Text in which an escape may hide a mark. */
const ESCAPE = /%[0-9a-f]{2}|\\u00|\\["\\/]/i;

/** Enough of what stands before it to find the place, and nothing of the secret. */
const around = (text, at) => text.slice(Math.max(0, at - 60), at).replaceAll(/\s+/g, ' ');

const findIn = (reading) => {
  for (const [encoding, needle] of NEEDLES) {
    const at = reading.indexOf(needle);
    if (at !== -1) return { encoding, before: around(reading, at) };
  }
  return undefined;
};

/** The first mark that a text shows, also percent-encoded or escaped as in JSON; undefined where none is. */
export const findMark = (text) => {
  const found = findIn(text);
  if (found !== undefined || !ESCAPE.test(text)) return found;
  for (const reading of decodings(text)) {
    const hidden = findIn(reading);
    if (hidden !== undefined) return hidden;
  }
  return undefined;
};

/** The same for a file's bytes, as they are. */
export const findMarkInBytes = (bytes) => {
  for (const [encoding, needle] of NEEDLES) {
    const at = bytes.indexOf(needle, 0, 'latin1');
    if (at === -1) continue;
    const before = bytes.subarray(Math.max(0, at - 60), at).toString('latin1');
    return { encoding, before: before.replaceAll(/[^ -~]+/g, ' ') };
  }
  return undefined;
};
