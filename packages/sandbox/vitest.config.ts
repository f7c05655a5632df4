import { project } from '../../vitest.project.ts';

export default project({ name: 'sandbox', isolate: false });
