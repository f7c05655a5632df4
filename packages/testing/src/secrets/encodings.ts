export type Encoding = 'plain' | 'base64' | 'base64url' | 'hex';

/** Bytes as a string with a character for each. */
export const asBinary = (bytes: Uint8Array): string => {
  let binary = '';
  // In parts: as arguments of one call a database file's bytes are too many.
  for (let at = 0; at < bytes.byteLength; at += 8192) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return binary;
};

/**
 * What base64 shows of `bytes` wherever they begin: three bytes make four characters, so that at each
 * of three offsets it is another text, whose ends depend on the neighbours and are left out.
 */
const base64At = (bytes: Uint8Array, offset: 0 | 1 | 2): string => {
  const padded = new Uint8Array(offset + bytes.byteLength);
  padded.set(bytes, offset);
  const first = Math.ceil((offset * 8) / 6);
  const end = Math.floor((padded.byteLength * 8) / 6);
  return btoa(asBinary(padded)).slice(first, end);
};

const urlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');

/** What to look for. */
export const encodings = (bytes: Uint8Array): readonly (readonly [Encoding, string])[] => {
  const base64 = ([0, 1, 2] as const).map((offset) => base64At(bytes, offset));
  const octets = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  return [
    ['plain', asBinary(bytes)],
    ...base64.map((text) => ['base64', text] as const),
    ...base64.map((text) => ['base64url', urlSafe(text)] as const),
    ['hex', octets.join('')],
    ['hex', octets.join('').toUpperCase()],
    // As util.inspect shows a Buffer.
    ['hex', octets.join(' ')],
  ];
};
