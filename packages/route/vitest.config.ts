import { project } from '../../vitest.project.ts';

export default project({ name: 'route', isolate: false });
