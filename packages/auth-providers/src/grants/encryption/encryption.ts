import type { RowCodec } from '../row-codec.js';
import { type EncryptionOptions, keySource } from './key-source.js';

/**
 * Encrypts grants and links at rest, for any of the stores. Without options the keys come from
 * `TRIBUTARY_ENCRYPTION_KEY`. To change the key, put the new one before the old: what is written from
 * then on is sealed with the new, and what the old one sealed still opens.
 * @throws ConfigError when there is no key, or it is not 32 bytes.
 */
export const encryption = (options: EncryptionOptions = {}): RowCodec => {
  const read = keySource(options);
  let codec: Promise<RowCodec> | undefined;

  const make = async (): Promise<RowCodec> => {
    const keys = await read();
    const { jweCodec } = await import('./jwe.js');
    return jweCodec(keys);
  };

  /** A source that failed is asked again: the person may have unlocked the keychain. */
  const opened = (): Promise<RowCodec> => {
    codec ??= make().catch((error: unknown) => {
      codec = undefined;
      throw error;
    });
    return codec;
  };

  return {
    seal: async (id, text) => (await opened()).seal(id, text),
    open: async (id, sealed) => (await opened()).open(id, sealed),
  };
};
