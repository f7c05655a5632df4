import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const dist = new URL('../dist/', import.meta.url);
const run = promisify(execFile);

/** Runs a module in a plain Node, and gives what it printed. */
const node = async (source: string): Promise<unknown> => {
  const args = ['--input-type=module', '--eval', source];
  const { stdout } = await run(process.execPath, args, { cwd: new URL('..', import.meta.url) });
  return JSON.parse(stdout);
};

/** Every specifier that an entry imports, directly or not, other than its own files. */
const importsOf = async (entry: string): Promise<readonly string[]> => {
  const outside = new Set<string>();
  const seen = new Set<string>();
  const follow = async (url: URL): Promise<void> => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    const source = await readFile(url, 'utf8');
    for (const [, specifier = ''] of source.matchAll(/(?:from|import)\s*\(?['"]([^'"]+)['"]/g)) {
      if (specifier.startsWith('.')) await follow(new URL(specifier, url));
      else outside.add(specifier);
    }
  };
  await follow(new URL(entry, dist));
  return [...outside].sort();
};

describe('the main entry', () => {
  test('imports nothing, so that it runs in a browser', async () => {
    expect(await importsOf('index.js')).toEqual([]);
  });

  test('loads no container', async () => {
    const loaded = await node(`
      const { createPipeline, ERROR_CODES } = await import('@tributary/pipeline');
      console.log(JSON.stringify([typeof createPipeline, typeof Reflect.getMetadata, 'CHAIN_INVALID' in ERROR_CODES]));
    `);
    expect(loaded).toEqual(['function', 'undefined', true]);
  });
});

describe('the invocation entry', () => {
  test('needs AsyncLocalStorage and nothing else', async () => {
    expect(await importsOf('invocation/index.js')).toEqual(['node:async_hooks']);
  });

  test('loads alone', async () => {
    const loaded = await node(`
      const { createInvocation, currentInvocation, runInInvocation } = await import('@tributary/pipeline/invocation');
      const invocation = createInvocation({ surface: 'terminal' });
      console.log(JSON.stringify(runInInvocation(invocation, () => currentInvocation() === invocation)));
    `);
    expect(loaded).toBe(true);
  });
});

describe('the di entry', () => {
  test('imports the container and its metadata only', async () => {
    expect(await importsOf('di/index.js')).toEqual([
      expect.stringMatching(/^reflect-metadata/),
      'tsyringe',
    ]);
  });

  test('loads alone, metadata first', async () => {
    const loaded = await node(`
      const { createRegistry, token } = await import('@tributary/pipeline/di');
      const registry = createRegistry({ plugins: [] });
      const WORD = token('WORD');
      registry.provide(WORD, { useValue: 'here' });
      console.log(JSON.stringify(registry.get(WORD)));
    `);
    expect(loaded).toBe('here');
  });

  test('serves CommonJS by require(esm)', async () => {
    const loaded = await node(`
      import { createRequire } from 'node:module';
      const require = createRequire(process.cwd() + '/x.js');
      const { createPipeline } = require('@tributary/pipeline');
      const { createRegistry } = require('@tributary/pipeline/di');
      console.log(JSON.stringify([typeof createPipeline, typeof createRegistry]));
    `);
    expect(loaded).toEqual(['function', 'function']);
  });
});
