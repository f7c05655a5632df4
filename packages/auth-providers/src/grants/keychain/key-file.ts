import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError, type Logger } from '@tributary/pipeline';

const OTHERS = 0o077;

/** A small file that only its owner may read, and that is always seen whole. */
export interface KeyFile {
  /** Undefined where there is none. */
  read(): string | undefined;
  /** False when somebody else made it first. */
  create(text: string): boolean;
  replace(text: string): void;
}

/** @throws ConfigError naming `fallbackFile`, from each method. */
export const keyFile = (path: string, logger: Logger): KeyFile => ({
  read: () =>
    naming(path, () => {
      const mode = statSync(path, { throwIfNoEntry: false })?.mode;
      if (mode === undefined) {
        // Its name is taken, so that no file could be made under it either.
        if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
        throw new ConfigError('fallbackFile', `${path} is a link to nothing.`);
      }
      if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
        chmodSync(path, 0o600);
        logger.warn('Others could read the key file; its mode was corrected.', { file: path });
      }
      return readFileSync(path, 'utf8').trim();
    }),

  create: (text) =>
    naming(path, () => {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      return withDraft(path, text, (draft) => {
        try {
          // Unlike a rename, it does not replace the file of another process.
          linkSync(draft, path);
          return true;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
          throw error;
        } finally {
          unlinkSync(draft);
        }
      });
    }),

  replace: (text) => naming(path, () => withDraft(path, text, (draft) => renameSync(draft, path))),
});

/** Written, synced and private before it gets its name. */
const withDraft = <T>(path: string, text: string, use: (draft: string) => T): T => {
  const draft = `${path}.${randomUUID()}`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    // Whatever the umask made of it.
    fchmodSync(file, 0o600);
    writeSync(file, `${text}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return use(draft);
};

const naming = <T>(path: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new ConfigError('fallbackFile', `${path} can't be read or made (${code}).`, {
      cause: error,
    });
  }
};
