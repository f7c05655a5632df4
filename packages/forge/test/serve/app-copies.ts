import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import webpack, { type Configuration, type MultiStats } from 'webpack';
import type { DefineAppOptions } from '../../src/serve/index.js';

const require = createRequire(import.meta.url);
const PACKAGE = join(import.meta.dirname, '..', '..');
export const APPS = join(PACKAGE, 'test', 'apps');

/** The apps, and the files of each that its manifest's handlers are in. */
const ENTRIES = {
  'page-insights': ['index.ts'],
  'stale-report': ['index.js'],
  'page-hook': ['hooks.ts', 'events.ts'],
} as const;

export type AppName = keyof typeof ENTRIES;

/** How an app's code gets to run. */
export type Way = 'source, installed' | 'source, drop-in' | 'bundle, installed' | 'bundle, drop-in';

export interface AppCopies extends AsyncDisposable {
  app(name: AppName, way: Way): DefineAppOptions;
}

/** As Forge's CLI bundles: for Node, CommonJS, with everything in it; types are only taken off. */
const bundle = (folder: string, name: AppName, alias: Record<string, string>): Configuration => ({
  mode: 'none',
  target: 'node',
  context: join(APPS, name, 'src'),
  entry: Object.fromEntries(ENTRIES[name].map((file) => [file.replace(/\.\w+$/, ''), `./${file}`])),
  output: { path: join(folder, name), library: { type: 'commonjs2' } },
  resolve: { extensions: ['.ts', '.js'], alias },
  module: { rules: [{ test: /\.ts$/, use: require.resolve('./strip-types.cjs') }] },
});

const link = async (modules: string, name: string): Promise<void> => {
  await mkdir(join(modules, name, '..'), { recursive: true });
  await symlink(join(PACKAGE, 'node_modules', name), join(modules, name));
};

/** In a folder where `@forge/api` is not installed; and bundles of both kinds. */
export const copyApps = async (): Promise<AppCopies> => {
  const folder = await mkdtemp(join(tmpdir(), 'forge-apps-'));
  const sources = join(folder, 'sources');
  await cp(APPS, sources, { recursive: true });
  await link(join(sources, 'node_modules'), '@forge/resolver');
  const names = Object.keys(ENTRIES) as AppName[];
  const dropIn = { '@forge/api': join(PACKAGE, 'dist', 'drop-in', 'index.js') };
  const build = promisify<Configuration[], MultiStats | undefined>(webpack);
  const stats = await build([
    ...names.map((name) => bundle(join(folder, 'installed'), name, {})),
    ...names.map((name) => bundle(join(folder, 'drop-in'), name, dropIn)),
  ]);
  if (stats?.hasErrors()) throw new Error(stats.toString());
  // What is in the temporary folder is CommonJS, whatever lies above it.
  await writeFile(join(folder, 'package.json'), '{}');
  return {
    app(name, way) {
      const [kind, from] = way.split(', ') as [string, 'installed' | 'drop-in'];
      if (kind === 'bundle') return { manifest: join(APPS, name), code: join(folder, from, name) };
      return { manifest: join(from === 'installed' ? APPS : sources, name) };
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
};
