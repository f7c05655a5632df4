import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const PACKAGE = join(import.meta.dirname, '..', '..');
export const BIN = join(PACKAGE, '..', '..', 'node_modules', '.bin');

const execute = promisify(execFile);

export interface Project extends AsyncDisposable {
  readonly folder: string;
  /** Runs a program in the folder; rejects where it fails, with what it said. */
  run(program: string, ...args: string[]): Promise<string>;
}

/** One of `apps`, as its author wrote it. */
export const appSource = (name: string): Promise<string> =>
  readFile(join(import.meta.dirname, 'apps', name), 'utf8');

/**
 * A project of a user's, outside of this repository, that has @tributary/forge installed and not @forge/api.
 * @param links other packages, by name, from this package's own
 */
export const createProject = async (
  files: Readonly<Record<string, string | object>>,
  links: readonly string[] = [],
): Promise<Project> => {
  const folder = await mkdtemp(join(tmpdir(), 'forge-drop-in-'));
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, '@tributary'), { recursive: true });
  await symlink(PACKAGE, join(modules, '@tributary', 'forge'));
  for (const link of links) {
    await mkdir(dirname(join(modules, link)), { recursive: true });
    await symlink(join(PACKAGE, 'node_modules', link), join(modules, link));
  }
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(join(folder, name), text);
  }
  return {
    folder,
    async run(program, ...args) {
      const { stdout } = await execute(program, args, { cwd: folder }).catch((error) => {
        throw new Error(`${error.message}\n${error.stdout}`);
      });
      return stdout;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
};

/** What stands in for the platform, in a project's own process: one global, answering with what it was asked. */
export const STAND_IN = `
globalThis.__forge_fetch__ = async (meta, path) =>
  Response.json({ title: [meta.provider, meta.remote, path].join(' ') });
`;
