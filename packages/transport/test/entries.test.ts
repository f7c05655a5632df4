import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

/** Runs as plain Node does, and prints what `code` says. */
const run = async (code: string, ...flags: string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, '--input-type=module', '--eval', code],
    { cwd: import.meta.dirname },
  );
  return stdout.trim();
};

describe('what loads', () => {
  test('importing the package loads nothing that a first call or failure needs', async () => {
    const code = `
      import { readFileSync } from 'node:fs';
      import { registerHooks } from 'node:module';
      const seen = [];
      registerHooks({
        load(url, context, next) {
          seen.push(url);
          if (/transport.dist/.test(url)) {
            seen.push(...JSON.parse(readFileSync(new URL(url + '.map'), 'utf8')).sources);
          }
          return next(url, context);
        },
      });
      await import('@tributary/transport');
      console.log(seen.filter((name) => /src.terminal.carrier/.test(name)).length);
      console.log(seen.filter((name) => /\\/ky\\/|follow-hops|try-again|scheduler|rate-limiter/.test(name)).join());`;
    expect(await run(code)).toBe('1');
  });

  const failure = `
    const { networkFailure } = await import('#network-failures');
    console.log(networkFailure('ECONNREFUSED', 'connect').sent);`;

  test("Node's network codes are known in Node", async () => {
    expect(await run(failure)).toBe('no');
  });

  test('and left out where a bundler sets the browser condition', async () => {
    expect(await run(failure, '--conditions=browser')).toBe('unknown');
  });
});
