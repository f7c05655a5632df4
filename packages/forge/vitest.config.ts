import { defineProject } from 'vitest/config';

export default defineProject({
  test: { name: 'forge', include: ['test/**/*.test.ts'], isolate: false },
});
