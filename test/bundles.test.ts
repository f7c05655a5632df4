import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createTributary, factsOf, route } from '@tributary/api';
import { apiToken, cloud, GrantStoreError } from '@tributary/auth-providers';
import { encryption, generateEncryptionKey, sqliteGrants } from '@tributary/auth-providers/sqlite';
import { factsOf as factsInPipeline } from '@tributary/pipeline';
import { TRANSPORT } from '@tributary/pipeline/di';
import { fakeTerminal } from '@tributary/testing';
import { describe, expect, test } from 'vitest';

const packages = fileURLToPath(new URL('../packages', import.meta.url));
const names = globSync('*', { cwd: packages }).sort();

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

/** The files that a package's map of conditions leads to, but for its declarations. */
const targetsOf = (map: unknown): readonly string[] => {
  if (typeof map === 'string') return [map];
  return Object.entries(map ?? {}).flatMap(([key, value]) =>
    key === 'types' ? [] : targetsOf(value),
  );
};

describe.each(names)('@tributary/%s', (name) => {
  const folder = join(packages, name);

  test('has each module in one file, whichever entry asks for it', () => {
    const places = new Map<string, string[]>();
    for (const map of globSync('dist/**/*.js.map', { cwd: folder })) {
      for (const source of json(join(folder, map)).sources as string[]) {
        const path = join(folder, map, '..', source);
        places.set(path, [...(places.get(path) ?? []), map]);
      }
    }
    expect(places.size).toBeGreaterThan(5);
    expect([...places].filter(([, files]) => files.length > 1)).toEqual([]);
  });

  test('exports the same thing by the same name from each entry', async () => {
    const { exports } = json(join(folder, 'package.json'));
    // Registering is all that this one does, to the process of whoever imports it.
    const files = [...new Set(targetsOf(exports))].filter((file) => !/register/.test(file));
    const found = new Map<string, unknown>();
    for (const file of files) {
      const all = await import(pathToFileURL(join(folder, file)).href);
      for (const [key, value] of Object.entries(all)) {
        expect(found.get(key) ?? value, key).toBe(value);
        found.set(key, value);
      }
    }
    expect(found.size).toBeGreaterThan(1);
  });
});

test("a store's errors are those of the main entry", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-bundles-'));
  const { links, dispose } = sqliteGrants({
    path: join(folder, 'grants', 'grants.db'),
    encryption: encryption({ key: generateEncryptionKey() }),
  });
  await dispose();
  const error = await links.read({ issuer: 'i', clientId: 'c', userId: 'u' }).catch((e) => e);
  await rm(folder, { recursive: true });
  expect(error).toBeInstanceOf(GrantStoreError);
});

test('what a chain of the /di entries notes of an answer, the main entries know', async () => {
  await using tributary = createTributary({
    site: cloud('https://a.atlassian.net'),
    app: apiToken({ email: 'ada@a.example', token: 'canary-token' }),
    plugins: [
      {
        name: 'wire',
        register: (registry) =>
          registry.provide(TRANSPORT, { useValue: fakeTerminal(new Response()) }),
      },
    ],
  });
  const response = await tributary.asApp().requestConfluence(route`/wiki/api/v2/pages/${1}`);
  expect(factsOf(response)).toMatchObject({ template: '/wiki/api/v2/pages/{}', attempts: 1 });
  expect(factsInPipeline(response)).toBe(factsOf(response));
});

test('stack traces lead to the sources where Node reads source maps', async () => {
  const code = `import { route } from '@tributary/route'; console.log(route\`/wiki/\${{}}\`);`;
  const { stderr } = await promisify(execFile)(
    process.execPath,
    ['--enable-source-maps', '--input-type=module', '--eval', code],
    { cwd: import.meta.dirname },
  ).catch((error: { stderr: string }) => error);
  const [, file = '', line] = /\((?:file:\/\/)?(\S+src\S+\.ts):(\d+):\d+\)/.exec(stderr) ?? [];
  expect(readFileSync(file, 'utf8').split('\n')[Number(line) - 1]).toContain('RouteError(');
});
