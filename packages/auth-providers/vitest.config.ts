import { defineProject } from 'vitest/config';

export default defineProject({
  test: { name: 'auth-providers', include: ['test/**/*.test.ts'], isolate: false },
});
