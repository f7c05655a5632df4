import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, type BuildResult, build, type Plugin } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const readmeOf = (name: string) => new URL(`../../../packages/${name}/README.md`, import.meta.url);

/** `readme:transport/confluence.ts` is the block of that README that begins with this file's name. */
const readmeBlocks: Plugin = {
  name: 'readme-blocks',
  setup(bundler) {
    bundler.onResolve({ filter: /^readme:/ }, ({ path }) => ({ path, namespace: 'readme' }));
    bundler.onLoad({ filter: /./, namespace: 'readme' }, async ({ path }) => {
      const [name = '', file = ''] = path.slice('readme:'.length).split('/');
      const text = await readFile(readmeOf(name), 'utf8');
      const blocks = [...text.matchAll(/^```ts.*\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
      const contents = blocks.find((code) => code.startsWith(`// ${file}`));
      if (contents === undefined) return { errors: [{ text: `no block ${file} in ${name}` }] };
      return { contents, loader: 'ts', resolveDir: here };
    });
  },
};

/** Built as a user's bundler builds a page: the packages as they are published, nothing stubbed. */
export const bundle = (
  entry: NonNullable<BuildOptions['stdin']> | string,
  options: BuildOptions = {},
): Promise<BuildResult<{ write: false; metafile: true }>> =>
  build({
    ...(typeof entry === 'string' ? { entryPoints: [entry] } : { stdin: entry }),
    bundle: true,
    format: 'esm',
    splitting: true,
    minify: true,
    outdir: here,
    logLevel: 'silent',
    plugins: [readmeBlocks],
    ...options,
    write: false,
    metafile: true,
  });
