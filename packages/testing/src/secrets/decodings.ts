import { asBinary } from './encodings.js';

const PERCENT = /%([0-9a-f]{2})/gi;
const UNICODE_ESCAPE = /\\u([0-9a-f]{4})/gi;
const SHORT_ESCAPE = /\\(["\\/])/g;

const unpercent = (text: string): string =>
  text.replace(PERCENT, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** JSON's escapes, as far as they hide printable characters. */
const unescapeJson = (text: string): string =>
  text
    .replace(UNICODE_ESCAPE, (_, hex: string) =>
      asBinary(new TextEncoder().encode(String.fromCharCode(Number.parseInt(hex, 16)))),
    )
    .replace(SHORT_ESCAPE, '$1');

/** The ways to read a text, a character for each byte: as it is, and with its escapes taken back. */
export const decodings = (text: string | Uint8Array): readonly string[] => {
  const binary = asBinary(typeof text === 'string' ? new TextEncoder().encode(text) : text);
  const unescaped = unescapeJson(binary);
  const once = unpercent(unescaped);
  // application/x-www-form-urlencoded writes a space as a plus sign.
  const form = unpercent(unescaped.replaceAll('+', ' '));
  // A log line of JSON often holds a body of JSON.
  return [...new Set([binary, unescaped, unescapeJson(unescaped), once, unpercent(once), form])];
};
