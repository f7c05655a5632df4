/** Bundles the entries of the package in the current folder; docs/decisions/0006 says why. Types are tsc's. */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { build } from 'esbuild';

const { exports = {}, imports = {}, bin = {} } = JSON.parse(readFileSync('package.json', 'utf8'));

/** All files that a map of conditions can lead to, but for declarations. */
const targetsOf = (map) => {
  if (typeof map === 'string') return [map];
  return Object.entries(map ?? {}).flatMap(([key, value]) =>
    key === 'types' ? [] : targetsOf(value),
  );
};

const sources = new Set(
  [exports, imports, bin]
    .flatMap(targetsOf)
    .map((file) => file.replace(/^\.\/dist\/(.*)\.js$/, 'src/$1.ts')),
);

const { outputFiles } = await build({
  entryPoints: [...sources],
  outdir: 'dist',
  outbase: 'src',
  bundle: true,
  // Each module is in one file, whichever entry asks for it: one copy of each class. What `import()` loads stays apart.
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'neutral',
  // As tsconfig.base.json has it, which esbuild doesn't read: what Node 22 can't parse is written out.
  target: 'es2023',
  packages: 'external',
  // A package's own conditions are for whoever imports it to choose.
  external: ['#*'],
  sourcemap: true,
  write: false,
  logLevel: 'warning',
});

// Imports for effect alone keep an order that modules without effects have no need of; bundlers warn of each.
const BARE_IMPORT = /^import "\.[^"]*";$/gm;

for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text.replaceAll(BARE_IMPORT, ''));
}

// Chunks are named by what they hold: old ones would stay. Last, so that no entry is ever missing.
const written = new Set(outputFiles.map(({ path }) => path));
for (const file of globSync('dist/**/*.js{,.map}')) {
  if (!written.has(resolve(file))) rmSync(file);
}
