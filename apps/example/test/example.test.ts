import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Sandbox, startSandbox, walkConsent } from '@tributary/sandbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** Of util-linux: runs a command at a terminal of its own. */
const PSEUDO_TERMINAL = 'script';
const MAIN = join(import.meta.dirname, '..', 'dist', 'main.js');

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Nothing of this machine's settings, and no screen that a browser could open on. Older Nodes warn of
 * node:sqlite, whoever loads it.
 */
const cleanEnvironment = () => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(?:TRIBUTARY_|DISPLAY$|WAYLAND_DISPLAY$|BROWSER$)/.test(name),
    ),
  ),
  NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
});

/** The built app in a process of its own. */
const start = (args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, ...args],
      { env: { ...cleanEnvironment(), ...env }, timeout: 25_000 },
      (error, stdout, stderr) => {
        resolve({
          code: typeof error?.code === 'number' ? error.code : error ? -1 : 0,
          stdout,
          stderr,
        });
      },
    );
  });

describe('against its own sandbox', () => {
  test('tells the three ways, the consent round and the report', async () => {
    const { code, stdout, stderr } = await start([]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/asApp +GET +\/wiki\/api\/v2\/pages +200/);
    expect(stdout).toMatch(/asUser +GET +\/wiki\/rest\/api\/user\/current +401/);
    expect(stdout).toMatch(/a script clicks it as Jonas Weber/);
    expect(stdout).toMatch(/asUser +POST +\/wiki\/rest\/api\/content\/\{\}\/label +200/);
    expect(stdout).toMatch(/asUser +POST +\/wiki\/api\/v2\/footer-comments +201/);
    expect(stdout).toMatch(/bare +GET +\/wiki\/rest\/api\/audit +200/);
    expect(stdout).toMatch(/ENG .* yes\n/);
    expect(stdout).toMatch(/PPL .* no\n/);
    expect(stdout).toMatch(/made-up people/);
    expect(stdout).toMatch(/^1\. .*--interactive.*\n2\. .*--web.*\n3\. .*\.env.*\n4\. .*wire\.ts/m);
    expect(stdout).not.toMatch(/sandbox-(?:classic|scoped)-token|Basic |Bearer /);
  });

  test('--stale-days moves the line, and --explain prints the chain', async () => {
    const { code, stdout } = await start(['--stale-days', '1000', '--explain']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/observe +request-log/);
    expect(stdout).toMatch(/1000 days or more/);
  });

  test.skipIf(process.platform !== 'linux')(
    '--interactive prints the address where no browser can open, and waits for the person',
    async () => {
      // A terminal of its own, by util-linux: without one nobody could answer, and it says so.
      const app = spawn(
        PSEUDO_TERMINAL,
        ['-qec', `"${process.execPath}" "${MAIN}" --interactive`, '/dev/null'],
        {
          env: { ...cleanEnvironment(), BROWSER: 'none' },
        },
      );
      let stdout = '';
      const address = new Promise<string>((resolve) => {
        app.stdout.setEncoding('utf8').on('data', (text: string) => {
          stdout += text;
          const url = /^http\S+\/authorize\S+(?=\r\n)/m.exec(stdout)?.[0];
          if (url !== undefined) resolve(url);
        });
      });
      const code = new Promise((resolve) => app.on('close', resolve));
      await walkConsent({ as: 'editor' })(await address);
      expect(await code).toBe(0);
      expect(stdout).toMatch(/Log in as jonas\.weber@halden\.example/);
      expect(stdout).toMatch(/got a label and a comment, as you\./);
    },
  );

  test('--forge serves a Forge app until it is stopped', async () => {
    const folder = join(import.meta.dirname, '../../../packages/forge/test/apps/page-hook');
    const app = spawn(process.execPath, [MAIN, '--forge', folder], { env: cleanEnvironment() });
    let stdout = '';
    const ready = new Promise<string>((resolve) => {
      app.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
        const url = /^webtrigger ping: (\S+)$/m.exec(stdout)?.[1];
        if (url !== undefined && stdout.includes('Ctrl-C')) resolve(url);
      });
    });
    const code = new Promise((resolve) => app.on('close', resolve));
    const answer = await fetch(await ready);
    expect([answer.status, await answer.text()]).toEqual([200, 'up']);
    app.kill('SIGINT');
    expect(await code).toBe(0);
    expect(stdout).toMatch(/^webtrigger ping GET 200 \d+ ms$/m);
    expect(stdout).toMatch(/made-up people/);
  });

  test('--forge of a folder without a manifest is one line, and exit code 2', async () => {
    const { code, stderr } = await start(['--forge', import.meta.dirname]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^manifest: there is no manifest\.yml in .*\(CONFIG_INVALID\)\n$/),
    ]);
  });

  test.skipIf(process.platform === 'win32')(
    '--web prints its address, serves, and ends by Ctrl-C with nothing left open',
    async () => {
      const app = spawn(process.execPath, [MAIN, '--web'], { env: cleanEnvironment() });
      let stderr = '';
      app.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      let stdout = '';
      const address = new Promise<string>((resolve, reject) => {
        app.stdout.setEncoding('utf8').on('data', (text: string) => {
          stdout += text;
          const url = /^Open (http:\S+) in your browser/m.exec(stdout)?.[1];
          if (url !== undefined) resolve(url);
        });
        app.once('close', () => reject(new Error(stderr)));
      });
      const code = new Promise((resolve) => app.on('close', resolve));
      const response = await fetch(new URL('/sign-in', await address));
      expect(await response.text()).toContain('Sign in as Ada');
      app.kill('SIGINT');
      expect(await code).toBe(0);
      expect(stderr).toBe('');
      expect(stdout).toMatch(/Stopped\.\n$/);
    },
  );

  test('--help needs nothing', async () => {
    const { code, stdout } = await start(['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/--interactive/);
  });
});

describe('bad settings give one line and exit code 2', () => {
  test.each([
    ['an unknown option', ['--nonsense'], {}, /--nonsense/],
    ['a stray argument', ['nonsense'], {}, /nonsense/],
    ['no number of days', ['--stale-days', 'many'], {}, /--stale-days/],
    ['a token without a site', [], { TRIBUTARY_TOKEN: 'canary' }, /TRIBUTARY_SITE/],
    ['a site that is none', [], { TRIBUTARY_SITE: 'nowhere' }, /TRIBUTARY_SITE/],
    [
      'a token without an email',
      [],
      { TRIBUTARY_SITE: 'https://example.atlassian.net', TRIBUTARY_TOKEN: 'canary' },
      /TRIBUTARY_EMAIL/,
    ],
  ])('%s', async (_, args, env: Record<string, string>, message) => {
    const { code, stdout, stderr } = await start(args, env);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('canary');
  });
});

describe('against a site of settings', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  const settings = (person: 'admin' | 'editor') => ({
    TRIBUTARY_SITE: sandbox.siteUrl,
    TRIBUTARY_EMAIL: sandbox.people[person].email,
    TRIBUTARY_TOKEN: sandbox.people[person].apiToken,
  });

  test('only reads, and says what it skipped and what would enable it', async () => {
    sandbox.clearJournal();
    const { code, stdout, stderr } = await start([], settings('admin'));
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/read-only/);
    expect(stdout).toMatch(/Skipped: the review\. .*TRIBUTARY_CLIENT_ID/);
    expect(stdout).toMatch(/bare +GET +\/wiki\/rest\/api\/audit +200/);
    expect(new Set(sandbox.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  test('an audit log that the credential may not read is skipped', async () => {
    const { code, stdout } = await start([], settings('editor'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/Skipped: the audit log \(403\)\..*administrator/);
  });

  test('a site that is not there fails with exit code 1 and says why', async () => {
    const { code, stderr } = await start([], {
      ...settings('admin'),
      TRIBUTARY_SITE: 'http://127.0.0.1:1',
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/NETWORK_FAILED/);
    expect(stderr).not.toContain(sandbox.people.admin.apiToken);
  });
});
