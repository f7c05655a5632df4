import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError, type Logger } from '@tributary/pipeline';
import { networkFileSystem } from './network-file-system.js';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const OTHERS = 0o077;

/** Windows has no such modes; its user folders are private by their access lists. */
const HAS_MODES = process.platform !== 'win32';

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown';

const modeOf = (path: string): number | undefined =>
  statSync(path, { throwIfNoEntry: false })?.mode;

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0');

/**
 * Where the file itself is, when the path is a link: SQLite puts -wal and -shm there too.
 * @throws ConfigError naming `path`, for a link to nothing.
 */
export const behindLink = (path: string): string =>
  naming(path, () => {
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
    return isLink ? realpathSync(path) : path;
  });

/**
 * The folder of the database, made if it is not there. A folder that others may enter is refused and
 * not changed: it may be one that is shared on purpose.
 * @throws ConfigError naming `path`.
 */
export const preparePrivateFolder = (
  folder: string,
  typeOf: (path: string) => number = (path) => statfsSync(path).type,
): void => {
  try {
    // The first that is made, where several were missing; all of them are ours.
    if (mkdirSync(folder, { recursive: true, mode: FOLDER_MODE }) !== undefined) {
      // Whatever the umask left of it.
      chmodSync(folder, FOLDER_MODE);
    }
  } catch (error) {
    throw new ConfigError('path', `its folder can't be made (${codeOf(error)}).`, { cause: error });
  }
  const mode = modeOf(folder) ?? 0;
  if (HAS_MODES && (mode & OTHERS) !== 0) {
    throw new ConfigError(
      'path',
      `others may enter the folder ${folder} (mode ${octal(mode)}). Name a folder of its own, which is made, or: chmod 700`,
    );
  }
  const network = networkFileSystem(typeOf(folder));
  if (network !== undefined) {
    throw new ConfigError(
      'path',
      `${folder} lies on ${network}, where SQLite's locks and shared memory don't work. Use a local disk, or keep grants in PostgreSQL or Redis.`,
    );
  }
};

/**
 * Makes the file, readable by its owner only, before SQLite does: it gives -wal and -shm the same mode.
 * @throws ConfigError naming `path`.
 */
export const createPrivateFile = (path: string): void => naming(path, () => createFile(path));

/**
 * What exists with a wider mode, such as a restored copy, is tightened, with a warning.
 * @throws ConfigError naming `path`.
 */
export const tightenFiles = (path: string, logger: Logger): void =>
  naming(path, () => {
    for (const file of [path, `${path}-wal`, `${path}-shm`]) tighten(file, logger);
  });

const naming = <T>(path: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw new ConfigError('path', `${path} can't be made private (${codeOf(error)}).`, {
      cause: error,
    });
  }
};

const createFile = (path: string): void => {
  const { O_CREAT, O_EXCL, O_RDWR } = constants;
  let file: number;
  try {
    file = openSync(path, O_CREAT | O_EXCL | O_RDWR, FILE_MODE);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    throw error;
  }
  try {
    fchmodSync(file, FILE_MODE);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  syncFolder(dirname(path));
};

/** So that the file's name survives a loss of power too. */
const syncFolder = (folder: string): void => {
  // Windows opens no folders.
  if (!HAS_MODES) return;
  const handle = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

const tighten = (file: string, logger: Logger): void => {
  const mode = modeOf(file);
  if (!HAS_MODES || mode === undefined || (mode & OTHERS) === 0) return;
  chmodSync(file, FILE_MODE);
  logger.warn(
    'Others could read a file of the grant store; its mode was corrected. If anybody did, change the encryption key.',
    { file, mode: octal(mode) },
  );
};
