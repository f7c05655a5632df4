import { project } from '../vitest.project.ts';

export default project({
  name: 'browser',
  include: ['browser/**/*.test.ts'],
  globalSetup: ['./browser/support/one-chromium.ts'],
  isolate: false,
  testTimeout: 60_000,
});
