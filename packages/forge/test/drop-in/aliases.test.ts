import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, expect, test, vi } from 'vitest';
import webpack from 'webpack';
import { usePlatform } from '../../src/index.js';
import { standIn } from '../parity/stand-in.js';
import { appSource, BIN, createProject, type Project, STAND_IN } from './project.js';

// Programs of their own start here: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => vi.resetConfig());

const README = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');

/** The README's block that holds `text`, word for word. */
const shown = (language: string, text: string): string => {
  const blocks = [...README.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  const found = blocks.find(([, kind, code]) => kind === language && code?.includes(text))?.[2];
  if (found === undefined) throw new Error(`The README shows no ${language} with ${text}.`);
  return found;
};

const TSCONFIG = JSON.parse(shown('json', '"paths"'));

const load = (project: Project, bundle: string) =>
  createRequire(import.meta.url)(join(project.folder, bundle)) as {
    readonly summary: (request: object) => Promise<unknown>;
    readonly title: (pageId: string) => Promise<unknown>;
  };

test('tsconfig paths: the three apps compile as they do with @forge/api', async () => {
  const apps = ['page-summary.ts', 'nightly.ts', 'hook.ts'];
  const sources = await Promise.all(apps.map(appSource));
  await using project = await createProject({
    ...Object.fromEntries(apps.map((app, i) => [app, sources[i] as string])),
    'package.json': { type: 'module' },
    'tsconfig.json': {
      compilerOptions: {
        ...TSCONFIG.compilerOptions,
        strict: true,
        noEmit: true,
        target: 'es2022',
        module: 'esnext',
        moduleResolution: 'bundler',
        types: [],
        lib: ['es2022', 'dom'],
      },
      include: ['*.ts'],
    },
  });
  const files = await project.run(join(BIN, 'tsc'), '--listFiles');
  expect(files).toMatch(/\/dist\/drop-in\/index\.d\.ts$/m);
  expect(files).not.toMatch(/error TS|@forge\/api|packages\/pipeline/);
});

test('tsconfig paths: esbuild bundles by them, and the bundle runs on the platform of the process', async () => {
  await using project = await createProject({
    'page-summary.ts': await appSource('page-summary.ts'),
    'tsconfig.json': TSCONFIG,
  });
  await build({
    absWorkingDir: project.folder,
    entryPoints: ['page-summary.ts'],
    outfile: 'bundle.cjs',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  const { platform, calls } = standIn([{ body: '{"title":"Plans","version":{"number":3}}' }]);
  const end = usePlatform(platform);
  try {
    const { summary } = load(project, 'bundle.cjs');
    expect(await summary({ payload: { pageId: '7' } })).toMatchObject({
      title: 'Plans',
      version: 3,
    });
    expect(calls.map(([, path]) => path)).toEqual(['/wiki/api/v2/pages/7']);
  } finally {
    end();
  }
});

test('webpack resolve.alias: require() in a bundle as the Forge CLI makes it', async () => {
  await using project = await createProject({
    'legacy.cjs': await appSource('legacy.cjs'),
    'webpack.config.mjs': shown('js', 'resolve: {'),
  });
  const { default: shownConfig } = await import(join(project.folder, 'webpack.config.mjs'));
  const compiler = webpack({
    ...shownConfig,
    context: project.folder,
    entry: './legacy.cjs',
    mode: 'production',
    output: { path: project.folder, filename: 'bundle.cjs', library: { type: 'commonjs2' } },
    optimization: { minimize: false },
  });
  const stats = await promisify(compiler.run.bind(compiler))();
  await promisify(compiler.close.bind(compiler))();
  expect(stats?.toJson({ all: false, errors: true, warnings: true })).toMatchObject({
    errors: [],
    warnings: [],
  });

  const { platform, calls } = standIn([{ body: '{"title":"Plans"}' }]);
  const end = usePlatform(platform);
  try {
    expect(await load(project, 'bundle.cjs').title('7')).toEqual({ title: 'Plans', status: 200 });
    expect(calls).toHaveLength(2);
  } finally {
    end();
  }
});

test('vitest alias', async () => {
  await using project = await createProject(
    {
      'page-summary.ts': await appSource('page-summary.ts'),
      'vitest.config.mjs': shown('js', 'test: {'),
      'app.test.ts': `
        import { afterAll, expect, test, vi } from 'vitest';
        import { summary } from './page-summary.js';
        test('summary', async () => {
          globalThis.__forge_fetch__ = async (meta, path) =>
            Response.json({ title: meta.provider + path, version: { number: 3 } });
          expect(await summary({ payload: { pageId: '7' }, context: {} })).toMatchObject({
            title: 'user/wiki/api/v2/pages/7',
          });
        });`,
    },
    ['vitest'],
  );
  const said = await project.run('node', 'node_modules/vitest/vitest.mjs', 'run');
  expect(said).toMatch(/1 passed/);
});

test('package.json imports: one name in the app, and a condition says what it is', async () => {
  await using project = await createProject({
    'package.json': shown('json', '"imports"'),
    'app.js': `
      import api, { route } from '#forge-api';
      export const title = async (id) =>
        (await (await api.asApp().requestConfluence(route\`/wiki/api/v2/pages/\${id}\`)).json()).title;`,
    'main.js': `${STAND_IN}
      const { title } = await import('./app.js');
      console.log(await title(7));`,
  });
  const said = await project.run('node', '--conditions=tributary', 'main.js');
  expect(said.trim()).toBe('app confluence /wiki/api/v2/pages/7');
  await expect(project.run('node', 'main.js')).rejects.toThrow('@forge/api');
});
