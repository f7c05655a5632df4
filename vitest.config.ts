import { defineConfig } from 'vitest/config';

const workspaces = ['packages/*', 'apps/*'];

export default defineConfig({
  test: {
    projects: [
      ...workspaces.map((glob) => `${glob}/vitest.config.ts`),
      {
        test: { name: 'repository', root: 'test', include: ['**/*.test.ts'], testTimeout: 60_000 },
      },
    ],
    reporters: ['default', './scripts/summary-reporter.mjs'],
  },
});
