import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      'packages/*/vitest.config.ts',
      'apps/*/vitest.config.ts',
      'test/vitest.config.ts',
      'test/vitest.browser.config.ts',
    ],
    // Vitest leaves one core free, which on a machine of two is half of it; much of the suite waits.
    maxWorkers: '100%',
    reporters: ['default', './scripts/summary-reporter.mjs'],
  },
});
