import { defineProject } from 'vitest/config';

// Each file in a process of its own: they set globals and module hooks, as Forge's runtime does.
export default defineProject({ test: { name: 'forge', include: ['test/**/*.test.ts'] } });
