import { accessSync, constants, existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { run } from './command.mjs';

export const isExecutable = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** A program's path: first looked for in `folders`, then as a shell would. */
export const findProgram = (name, folders = []) =>
  [...folders, ...(process.env.PATH ?? '').split(delimiter)]
    .map((folder) => join(folder, name))
    .find(isExecutable);

/**
 * Installs Debian packages where that can be done without asking: as root.
 * @throws Error with `advice` everywhere else
 */
export const installPackages = async (packages, advice) => {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || findProgram('apt-get') === undefined) throw new Error(advice);
  console.error(`Installing ${packages.join(' and ')} …`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  await withoutAutostart(() =>
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env }),
  );
};

/** Debian starts what it installs, unless this file says no. */
const POLICY = '/usr/sbin/policy-rc.d';

const withoutAutostart = async (work) => {
  if (existsSync(POLICY)) return work();
  await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return await work();
  } finally {
    await rm(POLICY, { force: true });
  }
};
