import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

/** Everything that importing an entry loads: builtin modules, and of our own files the sources that they hold. */
const loadedBy = async (entry: string): Promise<readonly string[]> => {
  const script = `
    import { existsSync, readFileSync } from 'node:fs';
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
    await import(${JSON.stringify(entry)});
    const sourcesOf = (url) => {
      const map = url.startsWith('file:') && new URL(url + '.map');
      if (!map || !existsSync(map)) return [];
      return JSON.parse(readFileSync(map, 'utf8')).sources.map((path) => new URL(path, url).href);
    };
    console.log(JSON.stringify([...loaded, ...loaded.flatMap(sourcesOf), ...process.moduleLoadList]));
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
  });
  return JSON.parse(stdout);
};

it.each([['@tributary/consent'], ['@tributary/consent/terminal'], ['@tributary/consent/di']])(
  '%s loads neither an HTTP server nor the browser opener',
  async (entry) => {
    const loaded = await loadedBy(entry);
    expect(
      loaded.filter((name) =>
        /NativeModule http$|\/node_modules\/open\/|\/consent\/src\/node\//.test(name),
      ),
    ).toEqual([]);
    expect(loaded.some((name) => name.endsWith('/consent/src/time-limit.ts'))).toBe(true);
  },
);

it('@tributary/consent loads no container', async () => {
  const loaded = await loadedBy('@tributary/consent');
  expect(loaded.filter((name) => /tsyringe|reflect-metadata/.test(name))).toEqual([]);
});
