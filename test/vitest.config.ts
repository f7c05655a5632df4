import { configDefaults, defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'repository',
    include: ['**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'browser/**', 'canary/leaks/**'],
    testTimeout: 60_000,
  },
});
