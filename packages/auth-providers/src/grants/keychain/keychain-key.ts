import { ConfigError, type Logger } from '@tributary/pipeline';
import type { KeySource } from '../encryption/key-source.js';
import { generateEncryptionKey } from '../encryption/key-text.js';
import { processWarnings } from '../process-warnings.js';
import { type KeyFile, keyFile } from './key-file.js';
import { type Keyring, keyringEntry } from './keyring.js';

export interface KeychainKeyOptions {
  /** The name under which the keychain shows it: the program's. Default `tributary`. */
  readonly service?: string;
  /** Default `encryption-key`. */
  readonly account?: string;
  /**
   * Where the key is kept when there is no keychain; else this file says that it is in the keychain.
   * Made on first use, mode 0600.
   */
  readonly fallbackFile: string;
  /** Told, when the key goes into the file, what that protects. Default: warnings of the process. */
  readonly logger?: Logger;
  /** Default: `@napi-rs/keyring`, where it is installed. */
  readonly keyring?: Keyring;
}

export const KEYCHAIN_DEFAULTS = { service: 'tributary', account: 'encryption-key' } as const;

/** Stands in the file in place of a key; no key has that length. */
const IN_KEYCHAIN = 'keychain';

/**
 * The encryption key of a command-line tool, kept in the keychain of the operating system; made on first
 * use. One file decides for all processes where it is, so that a keychain that is locked, or that comes
 * later, never leads to a second key.
 * @throws ConfigError naming the option; and when the key is asked for: the keychain that holds it can't be reached, or the file not
 * be made.
 */
export const keychainKey = (options: KeychainKeyOptions): KeySource => {
  const { fallbackFile, logger = processWarnings, keyring, ...names } = options ?? {};
  const { service = KEYCHAIN_DEFAULTS.service, account = KEYCHAIN_DEFAULTS.account } = names;
  if (typeof fallbackFile !== 'string' || fallbackFile === '') {
    throw new ConfigError('fallbackFile', 'names no file.');
  }
  // The keychain's own refusal would be taken for no keychain.
  for (const [field, name] of Object.entries({ service, account })) {
    if (typeof name !== 'string' || name.trim() === '') {
      throw new ConfigError(field, 'is the name that the keychain shows, and can not be empty');
    }
  }
  const file = keyFile(fallbackFile, logger);
  const open = () => keyringEntry(service, account, keyring);

  const fromKeychain = async (): Promise<string> => {
    const way = `Unlock it; or delete ${fallbackFile} to begin with a new key, and log in again.`;
    let key: string | null | undefined;
    try {
      key = await (await open()).getPassword();
    } catch (error) {
      throw new ConfigError(
        'keychain',
        `holds the key of the stored grants, and can't be reached. ${way}`,
        { cause: error },
      );
    }
    if (key) return key;
    throw new ConfigError('keychain', `has lost the key "${service}", "${account}". ${way}`);
  };

  /** Undefined where another process was faster. */
  const decide = async (): Promise<string | undefined> => {
    const reached = await open()
      .then((entry) => entry.getPassword())
      .then(
        (kept) => ({ kept }),
        () => undefined,
      );
    if (reached === undefined) {
      const key = generateEncryptionKey();
      if (!file.create(key)) return undefined;
      logger.warn(
        'No keychain here: the key of the stored grants is in a file that only you may read. It protects copies of the grants that leave without that file, such as backups; not against programs that run as you.',
        { file: fallbackFile },
      );
      return key;
    }
    const { kept } = reached;
    if (kept) return file.create(IN_KEYCHAIN) ? kept : undefined;
    const key = generateEncryptionKey();
    // In the file first: whoever comes meanwhile takes the same.
    if (!file.create(key)) return undefined;
    await moveToKeychain(key, file);
    return key;
  };

  const moveToKeychain = async (key: string, from: KeyFile): Promise<void> => {
    try {
      const entry = await open();
      await entry.setPassword(key);
      if ((await entry.getPassword()) === key) from.replace(IN_KEYCHAIN);
    } catch {
      logger.warn('The keychain takes no key; it stays in a file that only you may read.', {
        file: fallbackFile,
      });
    }
  };

  return async () => {
    for (;;) {
      const text = file.read();
      if (text === IN_KEYCHAIN) return [await fromKeychain()];
      if (text !== undefined) return [text];
      const key = await decide();
      if (key !== undefined) return [key];
    }
  };
};
