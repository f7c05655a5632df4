import { realpathSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How the code of one app is loaded. */
export interface AppFolder {
  /** Real path, with a separator at its end. */
  readonly path: string;
  /** Whether `@forge/api` is ours there. */
  readonly usesDropIn: boolean;
}

/** Those whose code this process loads; the last word on a folder counts. */
const folders = new Map<string, AppFolder>();

export const addAppFolder = (folder: string, usesDropIn: boolean): void => {
  const path = realpathSync(folder) + sep;
  folders.set(path, { path, usesDropIn });
};

/** The app that a module belongs to, also one of its dependencies. */
export const appFolderOf = (url: string | undefined): AppFolder | undefined => {
  if (!url?.startsWith('file:')) return undefined;
  const path = fileURLToPath(url);
  for (const folder of folders.values()) if (path.startsWith(folder.path)) return folder;
  return undefined;
};

/** Whether a module is the app's own, and no dependency. */
export const isOwnCode = (url: string, { path }: AppFolder): boolean =>
  !fileURLToPath(url).slice(path.length).includes(`node_modules${sep}`);
