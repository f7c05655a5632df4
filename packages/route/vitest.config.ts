import { defineProject } from 'vitest/config';

export default defineProject({
  test: { name: 'route', include: ['test/**/*.test.ts'], isolate: false },
});
