import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** A project inherits nothing from the settings below unless it says so. */
const project = (
  root: string,
  test: TestProjectInlineConfiguration['test'],
): TestProjectInlineConfiguration => ({ extends: true, root, test });

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const foldersIn = (folder: string) =>
  readdirSync(here(folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);

/** Their longest files take as long as whole other projects: begun last, one worker would wait for them alone. */
const FIRST = ['repository', 'browser', 'testing'];

class LongProjectsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const first = FIRST.flatMap((name) => sorted.filter(({ project }) => project.name === name));
    return [...new Set([...first, ...sorted])];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Vitest leaves one core free, which on a machine of two is half of it; much of the suite waits.
    maxWorkers: '100%',
    // Each bounds a hang only: a busy machine may take seconds for what is usually done at once.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    sequence: { sequencer: LongProjectsFirst },
    projects: [
      ...foldersIn('packages').map((name) => project(`packages/${name}`, { name, isolate: false })),
      ...foldersIn('apps').map((name) => project(`apps/${name}`, { name })),
      project('test', {
        name: 'repository',
        include: ['**/*.test.ts'],
        exclude: [...configDefaults.exclude, 'browser/**', 'canary/leaks/**'],
      }),
      project('test', {
        name: 'browser',
        include: ['browser/**/*.test.ts'],
        globalSetup: [here('test/browser/support/one-chromium.ts')],
        isolate: false,
      }),
    ],
    reporters: ['default', './scripts/summary-reporter.mjs'],
  },
});
