import { execFile, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { freePort } from './support/loopback.js';

/** Of util-linux, which is on every Linux: what others call so takes its command otherwise. */
const PSEUDO_TERMINAL = 'script';
const hasScript = /util-linux/.test(
  spawnSync(PSEUDO_TERMINAL, ['--version'], { encoding: 'utf8' }).stdout ?? '',
);

const cwd = fileURLToPath(new URL('..', import.meta.url));
const app = fileURLToPath(new URL('support/ask-here.mjs', import.meta.url));
const { DISPLAY: _, WAYLAND_DISPLAY: __, WSL_DISTRO_NAME: ___, ...rest } = process.env;
const env = { ...rest, BROWSER: 'none', SSH_CONNECTION: '', SSH_TTY: '' };

let port = 0;
beforeEach(async () => {
  port = await freePort();
});

/** Starts the app at a terminal, whose keyboard and screen the test holds. */
const atTerminal = (onInterrupt = '') => {
  const command = `'${process.execPath}' '${app}' ${port} ${onInterrupt}; echo status=$?; stty -a`;
  const child = spawn(PSEUDO_TERMINAL, ['--quiet', '--command', command, '/dev/null'], {
    cwd,
    env,
  });
  let screen = '';
  child.stdout.on('data', (chunk) => {
    screen += chunk;
  });
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(screen)));
  return {
    ended,
    type: (keys: string) => child.stdin.write(keys),
    isAsked: () => expect.poll(() => screen, { timeout: 20_000 }).toContain('It is not shown.'),
    isExplained: () => expect.poll(() => screen, { timeout: 20_000 }).toContain('Paste it again:'),
  };
};

const ordinary = (screen: string) => {
  expect(screen).toMatch(/[ ;]icanon/);
  expect(screen).toMatch(/ echo /);
};

describe.skipIf(!hasScript)('at a real terminal', () => {
  it('takes a long pasted address, shows nothing of it, and ends by itself', async () => {
    const terminal = atTerminal();
    await terminal.isAsked();
    terminal.type('http://127.0.0.1/elsewhere?secret\r');
    await terminal.isExplained();
    // Longer than a terminal's own line, which holds 4095 characters.
    const code = 'secret'.repeat(1_000);
    terminal.type(`http://127.0.0.1:${port}/callback?state=the-state&code=${code}\r`);
    const screen = await terminal.ended;
    expect(screen).toContain('code of 6000 characters');
    expect(screen).toContain('Access granted.');
    expect(screen).toContain('outcome=granted');
    expect(screen).toContain('status=0');
    expect(screen).not.toContain('secret');
    ordinary(screen);
  });

  it('Ctrl-C ends the program as it always does', async () => {
    const terminal = atTerminal();
    await terminal.isAsked();
    terminal.type('\u0003');
    const screen = await terminal.ended;
    expect(screen).toContain('status=130');
    expect(screen).not.toContain('outcome=');
    ordinary(screen);
  });

  it("Ctrl-C is the app's own affair where it listens", async () => {
    const terminal = atTerminal('abort');
    await terminal.isAsked();
    terminal.type('\u0003');
    const screen = await terminal.ended;
    expect(screen).toContain('outcome=MINE');
    expect(screen).toContain('status=0');
    ordinary(screen);
  });
});

it('without a terminal it names the command to run', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [app, String(port)], {
    cwd,
    env: { ...env, BROWSER: '' },
  });
  expect(stdout).toContain('outcome=CONSENT_UNAVAILABLE');
  expect(stdout).toContain(`Run \`node ${join('test', 'support', 'ask-here.mjs')}\` in one`);
  expect(stderr).toBe('');
});
