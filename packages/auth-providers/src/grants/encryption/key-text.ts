import { randomBytes } from 'node:crypto';
import { ConfigError, revealSecret, Secret } from '@tributary/pipeline';

/** 32 bytes, as they are or as base64url or base64. */
export type EncryptionKey = string | Uint8Array | Secret;

const KEY_BYTES = 32;
/** 32 bytes in either alphabet (RFC 4648, sections 4 and 5), padded or not. */
const KEY_TEXT = /^[A-Za-z0-9+/_-]{43}=?$/;

export const isKeyText = (text: string): boolean => KEY_TEXT.test(text.trim());

const HOW = `Make one with: openssl rand -base64 ${KEY_BYTES}`;

/** A new key as base64url: for a secret store, a key file or `TRIBUTARY_ENCRYPTION_KEY`. */
export const generateEncryptionKey = (): string => randomBytes(KEY_BYTES).toString('base64url');

/** @throws ConfigError naming `field`, never showing the value. */
export const readKey = (field: string, key: EncryptionKey): Uint8Array => {
  if (key instanceof Uint8Array) {
    if (key.length === KEY_BYTES) return Uint8Array.from(key);
    throw new ConfigError(field, `has to be ${KEY_BYTES} bytes, not ${key.length}. ${HOW}`);
  }
  const text: unknown = key instanceof Secret ? revealSecret(key) : key;
  const trimmed = typeof text === 'string' ? text.trim() : '';
  if (isKeyText(trimmed)) return Buffer.from(trimmed, 'base64');
  throw new ConfigError(
    field,
    trimmed === ''
      ? `is empty. ${HOW}`
      : `has to be ${KEY_BYTES} random bytes as base64url or base64: 43 characters, or 44 with the padding. ${HOW}`,
  );
};

/** Keys one after the other, between white space or commas. */
export const readKeys = (field: string, text: string): readonly Uint8Array[] => {
  const keys = text.split(/[\s,]+/).filter((part) => part !== '');
  if (keys.length === 0) throw new ConfigError(field, `is empty. ${HOW}`);
  return keys.map((key) => readKey(field, key));
};
