import { defineProject } from 'vitest/config';

type ProjectTest = NonNullable<Parameters<typeof defineProject>[0]['test']>;

/** What every project shares: those loaded from files inherit nothing from the root's config. */
export const project = (test: ProjectTest) =>
  defineProject({
    test: {
      include: ['test/**/*.test.ts'],
      // Vitest leaves one core free, which on a machine of two is half of it; much of the suite waits.
      maxWorkers: '100%',
      // Both bound a hang only: a busy machine may take seconds for what is usually done at once.
      testTimeout: 30_000,
      hookTimeout: 60_000,
      expect: { poll: { timeout: 10_000 } },
      ...test,
    },
  });
