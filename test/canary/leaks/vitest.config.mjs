import { defineConfig } from 'vitest/config';

/** Tests that leak on purpose, each in another way; canary.test.ts looks that a run of them is refused. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.check.mjs'],
    reporters: ['default', '../../../scripts/summary-reporter.mjs'],
  },
});
