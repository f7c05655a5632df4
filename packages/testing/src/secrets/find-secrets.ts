import { decodings } from './decodings.js';
import { type Encoding, encodings } from './encodings.js';

/** Shorter ones are found by chance in long texts. */
const FEWEST_BYTES = 12;

/** A canary that came to light. */
export interface FoundSecret {
  /** Its name; a canary that was given without one has its place in the list. */
  readonly name: string;
  readonly encoding: Encoding;
  /** What stands around it, the secret itself left out: enough to tell where it came from. */
  readonly before: string;
}

/** Canaries by name, or just their values. */
export type Canaries = Readonly<Record<string, string>> | readonly string[];

/**
 * Every canary that `text` shows: plain, hexadecimal, or in base64 and base64url at whatever byte it
 * begins (Basic hides a token behind `email:`), each of them also percent-encoded (once or twice) or
 * escaped as in JSON. `text` may be bytes, as of a database file.
 * @throws RangeError for a canary under 12 bytes, which would be found by chance.
 */
export const findSecrets = (
  text: string | Uint8Array,
  canaries: Canaries,
): readonly FoundSecret[] => {
  const readings = decodings(text);
  return Object.entries(canaries).flatMap(([name, canary]) => {
    const bytes = new TextEncoder().encode(canary);
    if (bytes.byteLength < FEWEST_BYTES) {
      throw new RangeError(`The canary ${name} must have ${FEWEST_BYTES} bytes or more.`);
    }
    for (const [encoding, needle] of encodings(bytes)) {
      for (const reading of readings) {
        const at = reading.indexOf(needle);
        if (at !== -1) return [{ name, encoding, before: reading.slice(Math.max(0, at - 60), at) }];
      }
    }
    return [];
  });
};
