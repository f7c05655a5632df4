import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CANARY } from '@tributary/sandbox';
import { beforeAll, describe, expect, test } from 'vitest';
import { isServicesUp, servicesFile } from '../services.js';

const root = join(import.meta.dirname, '..', '..');

/** A run of tests that leak, with a mark of its own: the search of this run has nothing to find there. */
const runLeaks = async () => {
  const left = mkdtempSync(join(tmpdir(), 'tributary-left-'));
  const env = {
    ...process.env,
    TRIBUTARY_CANARY: 'songbird-',
    LEAKS_LEFT: left,
    TRIBUTARY_SERVICES: isServicesUp ? servicesFile : '',
    NO_COLOR: '1',
  };
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const config = join(import.meta.dirname, 'leaks/vitest.config.mjs');
  try {
    return await new Promise<{ code: number | null; lines: readonly string[] }>((resolve) => {
      const child = execFile(
        process.execPath,
        [vitest, 'run', '--config', config],
        { env, cwd: join(import.meta.dirname, 'leaks') },
        (_, stdout) => resolve({ code: child.exitCode, lines: stdout.trim().split('\n') }),
      );
    });
  } finally {
    rmSync(left, { recursive: true });
  }
};

test('is what all secrets of the sandbox begin with', async () => {
  const { MARK } = await import(new URL('../../scripts/canary/mark.mjs', import.meta.url).href);
  expect(MARK).toBe(CANARY);
});

describe('a run whose tests leak', () => {
  let code: number | null;
  let lines: readonly string[] = [];
  beforeAll(async () => {
    ({ code, lines } = await runLeaks());
  });
  const leaks = () => lines.filter((line) => line.startsWith('A secret came to light in '));

  test('fails, and its last line says so', () => {
    expect(code).toBe(1);
    const failed = 1 + leaks().length;
    expect(lines.at(-1)).toBe(
      isServicesUp ? `8 passed, ${failed} failed` : `6 passed, ${failed} failed, 2 skipped`,
    );
  });

  test.each([
    ['what it printed', 'the output of the run', 'plain'],
    ['what a process printed', 'the output of .*process.stderr.write', 'base64'],
    ['an error', 'ConfigError in', 'plain'],
    ['a log line', 'the log line "A line."', 'base64'],
    ['a database that was removed', 'the SQLite file .*tributary-removed-.*grants.db', 'base64'],
    ['a database that was left', 'the SQLite file .*tributary-left-.*left/grants.db-wal', 'base64'],
    ['a failure', 'a failure', 'plain'],
    ['a snapshot', 'the snapshot __snapshots__/leaks.snap', 'plain'],
    ['a snapshot in a test', 'the snapshot inline.test.ts', 'plain'],
    ...(isServicesUp
      ? [
          ['Redis', 'the files of Redis', 'plain'],
          ['PostgreSQL', 'the files of PostgreSQL', 'plain'],
        ]
      : []),
  ])('tells of %s', (_, place, encoding) => {
    expect(leaks()).toContainEqual(
      expect.stringMatching(
        new RegExp(`^A secret came to light in ${place}.* \\(${encoding}\\), after:`),
      ),
    );
  });

  test('shows no secret where it tells of one', () => {
    expect(leaks().join('\n')).not.toContain('songbird-');
  });
});
