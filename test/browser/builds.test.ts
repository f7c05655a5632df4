import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BuildOptions } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { bundle } from './support/bundle.js';

const run = promisify(execFile);
const resolveDir = fileURLToPath(new URL('.', import.meta.url));

const build = (contents: string, options?: BuildOptions) =>
  bundle({ contents, resolveDir, sourcefile: 'app.js' }, options);

/** Of one that fails: what its bundler says. */
const refusal = async (contents: string, options?: BuildOptions): Promise<string> => {
  const result = await build(contents, options).catch((error: { errors: BuildError[] }) => error);
  if (!('errors' in result) || result.errors.length === 0) return 'built';
  return result.errors
    .map(({ text, notes }) => [text, ...notes.map((it) => it.text)].join('\n'))
    .join('\n');
};

interface BuildError {
  readonly text: string;
  readonly notes: readonly { readonly text: string }[];
}

const SECRET_HOLDERS = ['oauth', 'dataCenterOAuth', 'clientCredentials'];
const SERVER_ENTRIES = ['sqlite', 'redis', 'postgres', 'keychain', 'forge-remote', 'in-forge'];

/** As esbuild, Vite and Rollup build for a page, and as webpack does. */
const FOR_A_PAGE: Record<string, BuildOptions> = {
  esbuild: { platform: 'browser' },
  webpack: { platform: 'neutral', conditions: ['webpack', 'production', 'browser', 'module'] },
};

/** Servers whose bundlers ask for browser builds as well. */
const FOR_A_SERVER: Record<string, BuildOptions> = {
  node: { platform: 'node' },
  'Cloudflare Workers': {
    platform: 'browser',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*'],
  },
  'an edge runtime': {
    platform: 'browser',
    conditions: ['edge-light', 'worker', 'browser'],
    external: ['node:*'],
  },
};

describe.each(Object.entries(FOR_A_PAGE))('a build for a page by %s', (_, options) => {
  test.for(SECRET_HOLDERS)('fails on %s(), which holds a client secret', async (name) => {
    const code = `import { ${name} } from '@tributary/auth-providers'; console.log(${name});`;
    expect(await refusal(code, options)).toMatch(
      new RegExp(`No matching export in ".*/without-client-secrets.js" for import "${name}"`),
    );
  });

  test.for(SERVER_ENTRIES)('fails on the entry %s', async (entry) => {
    const code = `import * as all from '@tributary/auth-providers/${entry}'; console.log(all);`;
    expect(await refusal(code, options)).toContain('explicitly disabled by the package author');
  });

  test('holds everything else', async () => {
    const names = ['apiToken', 'personalAccessToken', 'bearer', 'anonymous', 'cloud', 'dataCenter'];
    const code = `import { ${names} } from '@tributary/auth-providers'; console.log(${names});`;
    expect(await refusal(code, options)).toBe('built');
  });
});

test.for(Object.entries(FOR_A_SERVER))('a build for %s has client secrets', async ([, options]) => {
  const code = `import { ${SECRET_HOLDERS} } from '@tributary/auth-providers'; console.log(${SECRET_HOLDERS});`;
  expect(await refusal(code, options)).toBe('built');
});

test('without a bundler, the import itself fails', async () => {
  const code = `import { oauth } from '@tributary/auth-providers';`;
  const args = ['--conditions=browser', '--input-type=module', '--eval', code];
  await expect(run(process.execPath, args, { cwd: resolveDir })).rejects.toThrow(
    "does not provide an export named 'oauth'",
  );
});
