import { afterAll, describe, expect, test, vi } from 'vitest';
import { appSource, createProject, STAND_IN } from './project.js';

// Programs of their own start here: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => vi.resetConfig());

const PAGE = 'app confluence /wiki/api/v2/pages/7';

describe('in processes of Node alone', () => {
  test('import and require give one and the same, default and named', async () => {
    await using project = await createProject({
      'main.cjs': `
        const api = require('@tributary/forge/api');
        const { default: byName, asApp, route } = require('@tributary/forge/api');
        import('@tributary/forge/api').then((module) => {
          console.log(JSON.stringify({
            default: api.default === byName && byName === module.default,
            named: api.asApp === asApp && asApp === module.asApp && byName.asApp === asApp,
            interop: api.__esModule === true,
            names: Object.keys(module).every((name) => api[name] === module[name]),
            route: route\`/x/\${1}\`.value,
          }));
        });`,
    });
    expect(JSON.parse(await project.run('node', 'main.cjs'))).toEqual({
      default: true,
      named: true,
      interop: true,
      names: true,
      route: '/x/1',
    });
  });

  test('with --import @tributary/forge/register, an app that says @forge/api runs as it is', async () => {
    await using project = await createProject({
      'legacy.cjs': await appSource('legacy.cjs'),
      'module.mjs': `
        import api, { route } from '@forge/api';
        const response = await api.asApp().requestConfluence(route\`/x/\${1}\`);
        export const { title } = await response.json();`,
      'main.mjs': `${STAND_IN}
        const { title } = await import('./module.mjs');
        const { default: legacy } = await import('./legacy.cjs');
        console.log(JSON.stringify([title, await legacy.title('7')]));`,
    });
    const said = await project.run('node', '--import', '@tributary/forge/register', 'main.mjs');
    expect(JSON.parse(said)).toEqual(['app confluence /x/1', { title: PAGE, status: 200 }]);
  });
});
