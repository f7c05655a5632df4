import { GrantStoreError } from '../grant-store-error.js';

/** Result codes of SQLite ("Result and Error Codes"); the low byte is the primary one. */
const BUSY = 5;
const LOCKED = 6;

/** What to say, and whether it may pass by itself. */
const FAILURES: ReadonlyMap<number, readonly [words: string, mayPass: boolean]> = new Map([
  [BUSY, ['has been locked by another process for too long', true]],
  [LOCKED, ['has been locked for too long', true]],
  [8, ['can not be written: look at the owner of the file and its folder', false]],
  [10, ['could not be read or written: look at the disk', true]],
  [11, ['is damaged: restore a copy, or remove it and have everybody asked again', false]],
  [13, ['has no room left on its disk', true]],
  [14, ['can not be opened: look at the owner of the file and its folder', false]],
  [26, ['is no SQLite database', false]],
]);

const primaryCode = (error: unknown): number | undefined => {
  const { errcode } = error as { readonly errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
};

/** Whether the same statement is worth another try, since somebody else was writing. */
export const isBusy = (error: unknown): boolean => {
  const code = primaryCode(error);
  return code === BUSY || code === LOCKED;
};

export const sqliteFailure = (path: string, error: unknown): GrantStoreError => {
  const code = primaryCode(error);
  const [words, mayPass] = FAILURES.get(code ?? -1) ?? [`failed (${code ?? 'unknown'})`, false];
  return new GrantStoreError(`The grant store ${path} ${words}.`, {
    retryable: mayPass,
    cause: error,
  });
};
