import { configDefaults } from 'vitest/config';
import { project } from '../vitest.project.ts';

export default project({
  name: 'repository',
  include: ['**/*.test.ts'],
  exclude: [...configDefaults.exclude, 'browser/**', 'canary/leaks/**'],
  testTimeout: 60_000,
});
