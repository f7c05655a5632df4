import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'browser',
    include: ['browser/**/*.test.ts'],
    globalSetup: ['./browser/support/one-chromium.ts'],
    isolate: false,
    testTimeout: 60_000,
  },
});
