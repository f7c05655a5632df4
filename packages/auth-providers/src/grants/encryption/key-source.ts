import { readFileSync } from 'node:fs';
import { ConfigError } from '@tributary/pipeline';
import { type EncryptionKey, isKeyText, readKey, readKeys } from './key-text.js';

/** Where keys come from that have to be asked for: the first seals, all open. */
export type KeySource = () => Promise<readonly EncryptionKey[]>;

export interface EncryptionOptions {
  /** The key: 32 bytes, or their base64url or base64; or what gives it, such as `keychainKey(…)`. */
  readonly key?: EncryptionKey | KeySource;
  /** Several keys, while they are changed: the first seals, all open. */
  readonly keys?: readonly EncryptionKey[];
  /** A file that holds the key; or several, a line each, the first of which seals. */
  readonly file?: string;
}

export const KEY_VARIABLE = 'TRIBUTARY_ENCRYPTION_KEY';

/** Keys as bytes, and never none. */
export type ReadKeys = () => readonly Uint8Array[] | Promise<readonly Uint8Array[]>;

/** @throws ConfigError for what can be seen to be wrong at once. */
export const keySource = (options: EncryptionOptions): ReadKeys => {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigError('encryption', 'takes { key }, { keys } or { file }, or nothing.');
  }
  const given = (['key', 'keys', 'file'] as const).filter((name) => options[name] !== undefined);
  if (given.length > 1) {
    throw new ConfigError('encryption', `takes one of ${given.join(' and ')}, not both.`);
  }
  const { key, keys, file } = options;
  if (typeof key === 'function') return () => fromSource(key);
  const read = readNow(key === undefined ? keys : [key], file);
  return () => read;
};

const fromSource = async (source: KeySource): Promise<readonly Uint8Array[]> =>
  checked('encryption.key', await source());

const readNow = (keys: readonly EncryptionKey[] | undefined, file: string | undefined) => {
  if (keys !== undefined)
    return checked(keys?.length === 1 ? 'encryption.key' : 'encryption.keys', keys);
  if (file !== undefined) return readKeys('encryption.file', readText(file));
  const text = process.env[KEY_VARIABLE];
  if (text === undefined) {
    throw new ConfigError(
      KEY_VARIABLE,
      'is not set, and no key is given. Make one with: openssl rand -base64 32',
    );
  }
  return readKeys(KEY_VARIABLE, text);
};

const checked = (field: string, keys: readonly EncryptionKey[]): readonly Uint8Array[] => {
  if (!Array.isArray(keys)) throw new ConfigError(field, 'has to be a list of keys.');
  if (keys.length === 0) throw new ConfigError(field, 'has to hold a key.');
  return keys.map((key) => readKey(field, key));
};

const readText = (file: string): string => {
  // A number would be an open file's.
  if (typeof file !== 'string') throw new ConfigError('encryption.file', 'has to be a path.');
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isKeyText(file)) {
      throw new ConfigError('encryption.file', 'looks like a key, not a path; give it as `key`.');
    }
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError('encryption.file', `can't be read (${code ?? 'unknown'}).`, {
      cause: error,
    });
  }
};
