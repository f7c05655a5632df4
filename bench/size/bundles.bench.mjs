/**
 * Bundles of the clients as a server's bundler makes them, minified and gzipped: what a program loads at
 * once, and with all that it may load later. .size-limit.mjs holds ours to their budgets.
 */
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { SUBJECTS } from '../cold/subjects.mjs';
import { printHead, printRow } from '../table.mjs';

/** Leaves out what an `import()` loads later. */
const atOnce = {
  name: 'at-once',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

const sizeOf = async (contents, plugins) => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    splitting: true,
    outdir: 'out',
    write: false,
    minify: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    logLevel: 'error',
    plugins,
  });
  return outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0);
};

const kib = (bytes) => (bytes / 1024).toFixed(1);

printHead(['client', 'at once KiB', 'with what loads later KiB']);
for (const [name, code] of Object.entries(SUBJECTS)) {
  printRow([name, kib(await sizeOf(code, [atOnce])), kib(await sizeOf(code, []))]);
}
