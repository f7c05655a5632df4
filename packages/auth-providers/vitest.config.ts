import { project } from '../../vitest.project.ts';

export default project({ name: 'auth-providers', isolate: false });
