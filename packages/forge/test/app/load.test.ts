import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { defineApp } from '../../src/serve/index.js';

const RESOLVER = join(import.meta.dirname, '..', '..', 'node_modules', '@forge', 'resolver');

let folder: string | undefined;
afterEach(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true });
});

/** An app in a folder of its own, whose function `run` is `handler`. */
const appOf = async (handler: string, files: Readonly<Record<string, string>>) => {
  const here = await mkdtemp(join(tmpdir(), 'forge-load-'));
  folder = here;
  const all = {
    'manifest.yml': `app: { id: 'ari:cloud:ecosystem::app/1' }
modules:
  function:
    - key: run
      handler: ${handler}
`,
    'package.json': '{}',
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    await mkdir(dirname(join(here, name)), { recursive: true });
    await writeFile(join(here, name), text);
  }
  return defineApp({ manifest: here });
};

const run = async (handler: string, files: Readonly<Record<string, string>>): Promise<unknown> =>
  (await (await appOf(handler, files)).load('run'))({} as never, {} as never);

test.for([
  ['ESM', { 'src/index.js': "export const run = () => 'ran';" }],
  ['CommonJS', { 'src/index.js': "exports.run = () => 'ran';" }],
  ['module.exports', { 'src/index.js': "module.exports = { run: () => 'ran' };" }],
  ['TypeScript', { 'src/index.ts': "export const run = (): string => 'ran';" }],
  ['.mjs', { 'src/index.mjs': "export const run = () => 'ran';" }],
  ['.cjs', { 'src/index.cjs': "exports.run = () => 'ran';" }],
  ["a folder's index", { 'src/index/index.ts': "export const run = (): string => 'ran';" }],
  ['a default export', { 'src/index.js': "export default { run: () => 'ran' };" }],
  [
    'await at the top',
    { 'src/index.mjs': "const it = await 'ran';\nexport const run = () => it;" },
  ],
  [
    'files without extensions, and .js that is written in TypeScript',
    {
      'src/index.ts':
        "import { a } from './a';\nimport b from './b.js';\nexport const run = () => a() + b;",
      'src/a/index.js': "export const a = () => 'r';",
      'src/b.ts': "const b: string = 'an';\nexport default b;",
    },
  ],
  [
    'TypeScript that imports types as if they were values',
    {
      'src/index.ts': `import run1, {
  letters,
  Letter, // of the alphabet
  Word as Text,
} from './words';
import { Only } from 'types-of-something';
import { Shape } from './shape';
import { Letter as Last, n } from './words';
const word: Text & Only & Shape = letters + run1() + n;
const last: Last | Letter = ('' as { Letter?: string } & Text).Letter ?? '';
export const run = (): Text => word + last;
`,
      'src/words.ts': `export type Letter = string;
export type Word = string;
export const letters: Letter = 'r';
export const n: Letter = 'n';
export default (): Letter => 'a';
`,
      'src/shape.ts': 'export interface Shape {}',
    },
  ],
  [
    'the same in a package of modules',
    {
      'package.json': '{"type":"module"}',
      'src/index.ts':
        "import { type A, B, c } from './b.ts';\nexport const run = (): A => (c as B) + 'n';",
      'src/b.ts': "export type A = string;\nexport type B = string;\nexport const c: B = 'ra';",
    },
  ],
  [
    'JSON',
    {
      'src/index.js': "const { word } = require('./word');\nexports.run = () => word;",
      'src/word.json': '{"word":"ran"}',
    },
  ],
  [
    "a CommonJS package's default, as bundlers take it",
    {
      'src/index.js':
        "import It, { more } from 'it';\nexport const run = () => new It().word + more;",
      'node_modules/it/package.json': '{}',
      'node_modules/it/index.js':
        "exports.__esModule = true;\nexports.default = class { word = 'ra'; };\nexports.more = 'n';",
    },
  ],
  [
    'the same, as Node takes it in a package of modules',
    {
      'package.json': '{"type":"module"}',
      'src/index.js': "import it from 'it';\nexport const run = () => it.default;",
      'node_modules/it/package.json': '{}',
      'node_modules/it/index.js': "exports.__esModule = true;\nexports.default = 'ran';",
    },
  ],
] as const)('%s', async ([, files]) => {
  expect(await run('index.run', files)).toBe('ran');
});

test("the resolver's class is a class, and `@forge/api` is the drop-in where none is installed", async () => {
  const app = await appOf('index.handler', {
    'src/index.js': `import Resolver from '@forge/resolver';
import api, { route } from '@forge/api';
const resolver = new Resolver();
resolver.define('say', ({ payload }) => ({ said: payload.word, path: String(route\`/x/\${1}\`.value), has: typeof api.asApp }));
export const handler = resolver.getDefinitions();`,
  });
  await mkdir(join(`${folder}`, 'node_modules', '@forge'), { recursive: true });
  await symlink(RESOLVER, join(`${folder}`, 'node_modules', '@forge', 'resolver'));
  const handler = await app.load('run');
  const call = { call: { functionKey: 'say', payload: { word: 'hello' } }, context: {} };
  expect(await handler(call as never, {} as never)).toEqual({
    said: 'hello',
    path: '/x/1',
    has: 'function',
  });
});

test.for([
  [
    'index.run',
    {},
    /:5: modules\.function\[0\]\.handler is looked for in .*src, which is not there/,
  ],
  ['other.run', { 'src/index.js': '' }, /names other, but there is no .*other with one of \.ts/],
  [
    'index.walk',
    { 'src/index.js': 'exports.run = 1;' },
    /names walk, but .*index\.js exports no such/,
  ],
  [
    'index.run',
    { 'src/index.js': "throw new Error('at once');" },
    /which fails as it loads: at once/,
  ],
  [
    'index.run',
    { 'src/index.ts': 'enum A { B }\nexport const run = () => A.B;' },
    /Node only strips types.*bundle the app/,
  ],
  [
    'index.run',
    { 'src/index.jsx': 'export const run = () => <a/>;' },
    /Node does not read such files.*bundle the app/,
  ],
  [
    'index.run',
    {
      'src/index.ts': "export { T } from './t';\nexport const run = () => 1;",
      'src/t.ts': 'export type T = number;',
    },
    /does not provide an export named 'T'; Node needs the word type .*exported again.*bundle the app/,
  ],
  [
    'index.run',
    { 'src/index.js': "import { x } from './gone';\nexport const run = x;" },
    /which fails as it loads: .*gone/,
  ],
] as const)('%s of %j is an error that says where', async ([handler, files, message]) => {
  await expect(run(handler, files)).rejects.toThrow(message);
});

test('where an error was thrown is where it stands in TypeScript', async () => {
  const here = run('index.run', {
    'src/index.ts': `import {
  T,
} from './t';
export const run = (): T => {
  throw new Error('here');
};`,
    'src/t.ts': 'export type T = number;',
  });
  await expect(here).rejects.toMatchObject({ stack: expect.stringMatching(/index\.ts:5:9/) });
});

test('text that looks like an import is left alone', async () => {
  const text = await run('index.run', {
    'src/index.ts': `// of types
import { T } from './t';
import './t';
const code: T = \`
import { never, used } from 'elsewhere';
\`;
export const run = (): T => code;`,
    'src/t.ts': 'export type T = string;',
  });
  expect(text).toBe("\nimport { never, used } from 'elsewhere';\n");
});

test('nothing is said of how that is done', async () => {
  const warned: string[] = [];
  const listen = ({ message }: Error) => warned.push(message);
  process.on('warning', listen);
  await run('index.run', {
    'src/index.ts': "import { T } from './t';\nexport const run = (): T => 1;",
    'src/t.ts': 'export type T = number;',
  });
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listen);
  expect(warned).toEqual([]);
});
