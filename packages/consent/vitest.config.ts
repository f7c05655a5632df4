import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'consent',
    include: ['test/**/*.test.ts'],
    isolate: false,
    // A busy machine takes more than a second to start what is waited for.
    expect: { poll: { timeout: 4_000 } },
  },
});
