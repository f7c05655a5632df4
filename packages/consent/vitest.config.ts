import { project } from '../../vitest.project.ts';

export default project({ name: 'consent', isolate: false });
