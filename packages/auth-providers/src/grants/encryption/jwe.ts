import {
  base64url,
  CompactEncrypt,
  type CompactJWEHeaderParameters,
  calculateJwkThumbprint,
  compactDecrypt,
} from 'jose';
import { GrantUnreadableError } from '../grant-unreadable-error.js';
import type { RowCodec } from '../row-codec.js';

const ALG = 'dir';
const ENC = 'A256GCM';

/** Enough of the thumbprint to tell keys apart in a message and a header. */
const KID_LENGTH = 16;

interface NamedKey {
  /** From the key's own thumbprint (RFC 7638), so that no two keys ever share one. */
  readonly kid: string;
  readonly key: CryptoKey;
}

const nameKey = async (bytes: Uint8Array): Promise<NamedKey> => {
  const thumbprint = await calculateJwkThumbprint({ kty: 'oct', k: base64url.encode(bytes) });
  // Not extractable: from here on the key can be used, and not be read.
  const key = await crypto.subtle.importKey('raw', new Uint8Array(bytes), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ]);
  return { kid: thumbprint.slice(0, KID_LENGTH), key };
};

const isRefusal = (error: unknown): error is GrantUnreadableError =>
  error instanceof GrantUnreadableError;

/**
 * Rows as compact JWE (RFC 7516) with direct encryption by AES-256-GCM. The row's id stands in the
 * protected header, which the tag covers: a row that was moved to another id does not open.
 */
export const jweCodec = async (bytes: readonly Uint8Array[]): Promise<RowCodec> => {
  const keys = await Promise.all(bytes.map(nameKey));
  const [sealing] = keys;
  if (sealing === undefined) throw new TypeError('A codec needs a key.');
  const encoder = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { fatal: true });

  const keyOf = ({ kid }: CompactJWEHeaderParameters): CryptoKey => {
    const found = keys.find((each) => each.kid === kid);
    if (found !== undefined) return found.key;
    throw new GrantUnreadableError(
      `A stored record was sealed with the key ${describe(kid)}, and the given ones are ${keys.map((each) => describe(each.kid)).join(', ')}. It is kept: give its key too, after the one that seals.`,
    );
  };

  return {
    seal: (id, text) =>
      new CompactEncrypt(encoder.encode(text))
        .setProtectedHeader({ alg: ALG, enc: ENC, kid: sealing.kid, id })
        .encrypt(sealing.key),

    async open(id, sealed) {
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(sealed, keyOf, {
          keyManagementAlgorithms: [ALG],
          contentEncryptionAlgorithms: [ENC],
        });
        if (protectedHeader.id !== id) {
          throw new GrantUnreadableError(
            'A stored record was sealed for another row than the one it stands in. It is kept: find out who moved it.',
          );
        }
        return decoder.decode(plaintext);
      } catch (error) {
        if (isRefusal(error)) throw error;
        throw new GrantUnreadableError(
          'A stored record is damaged, or was changed by somebody without the key. It is kept: delete it to have the user asked again.',
          { cause: error },
        );
      }
    },
  };
};

/** It comes from the database, which may hold anything. */
const describe = (kid: unknown): string =>
  typeof kid === 'string' ? `"${kid.slice(0, KID_LENGTH)}"` : 'without a name';
