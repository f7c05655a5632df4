import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TerminalPromptOptions, terminalPrompt } from '../src/terminal/index.js';
import { canOpenBrowser } from '../src/terminal/open-browser.js';
import { type FakeFlowOptions, fakeFlow, requestFor } from './support/fake-flow.js';
import { freePort, isFree, knock } from './support/loopback.js';

const open = vi.hoisted(() => vi.fn());
vi.mock('open', () => ({ default: open }));

/** The process that starts a browser. */
class Launcher extends EventEmitter {
  exitCode: number | null = null;
  end(code: number): void {
    this.exitCode = code;
    this.emit('exit', code);
  }
}

let port = 0;
beforeEach(async () => {
  port = await freePort();
  vi.stubEnv('DISPLAY', ':0');
  open.mockReset();
});
afterEach(() => vi.unstubAllEnvs());

const ask = (options: TerminalPromptOptions, flowOptions: FakeFlowOptions = {}) => {
  const flow = fakeFlow({ redirectUri: `http://127.0.0.1:${port}/callback`, ...flowOptions });
  let text = '';
  const output = { write: (part: string) => (text += part) };
  const { signal } = new AbortController();
  const outcome = terminalPrompt({ output, ...options })
    .ask(requestFor(flow), { signal })
    .then(
      () => 'granted',
      (error: unknown) => error,
    );
  return {
    outcome,
    printed: () => text,
    url: () => flow.started[0]?.url,
    printsAddress: () => flow.started.some(({ url }) => text.includes(`\n\n${url}\n\n`)),
    grant: () => knock({ port, path: `/callback?code=c&state=${flow.started[0]?.state}` }),
  };
};

describe('what the person is told', () => {
  it('opens the browser and does not print the address', async () => {
    const launcher = new Launcher();
    open.mockResolvedValue(launcher);
    const round = ask({});
    await expect.poll(() => open.mock.calls.length).toBe(1);
    expect(open.mock.calls).toEqual([[round.url()]]);
    launcher.end(0);
    await round.grant();
    expect(await round.outcome).toBe('granted');
    expect(round.printed()).toBe(
      'https://example.atlassian.net/ asks for your consent to: read:page:confluence, offline_access\n' +
        'Opening your browser; log in and decide there.\n',
    );
  });

  it.each([
    ['can not be started', () => open.mockRejectedValue(new Error('ENOENT'))],
    [
      'ends with an error',
      () => {
        const launcher = new Launcher();
        open.mockResolvedValue(launcher);
        setTimeout(() => launcher.end(3), 5);
      },
    ],
    [
      'has ended with an error',
      () => {
        const launcher = new Launcher();
        launcher.exitCode = 4;
        open.mockResolvedValue(launcher);
      },
    ],
  ])('prints the address when the launcher %s', async (_, prepare) => {
    prepare();
    const round = ask({});
    await expect.poll(round.printsAddress).toBe(true);
    await round.grant();
    expect(await round.outcome).toBe('granted');
  });

  it('prints nothing more when the browser ends after the answer', async () => {
    const launcher = new Launcher();
    open.mockResolvedValue(launcher);
    const round = ask({});
    await expect.poll(() => open.mock.calls.length).toBe(1);
    await round.grant();
    expect(await round.outcome).toBe('granted');
    launcher.end(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(round.printed()).not.toContain('https://auth.example');
  });

  it.each([
    ['openBrowser is false', { openBrowser: false, open: () => expect.fail('was opened') }],
    ['openBrowser is false, without open', { openBrowser: false }],
  ])('prints the address when %s', async (_, options) => {
    const round = ask(options);
    await expect.poll(round.printsAddress).toBe(true);
    await round.grant();
    expect(await round.outcome).toBe('granted');
    expect(open).not.toHaveBeenCalled();
  });

  it('rejects and closes when the given open fails', async () => {
    const cause = new Error('no such person');
    for (const failing of [
      () => Promise.reject(cause),
      () => {
        throw cause;
      },
    ]) {
      expect(await ask({ open: failing }).outcome).toMatchObject({
        code: 'CONSENT_UNAVAILABLE',
        cause,
      });
      expect(await isFree('127.0.0.1', port)).toBe(true);
    }
  });

  it('escapes what the server and the configuration say', async () => {
    const round = ask({ openBrowser: false }, { scopes: ['read\u001b[2J', '\u202eevil'] });
    await expect.poll(() => round.printed()).toContain('read\\u{1b}[2J, \\u{202e}evil');
    await round.grant();
    await round.outcome;
  });

  it.each([['file:///etc/passwd'], ['http://auth.example/'], ['javascript:alert(1)'], ['calc']])(
    'opens no such thing as %s',
    async (authorizeUrl) => {
      const round = ask({}, { authorizeUrl });
      expect(await round.outcome).toMatchObject({ code: 'CONSENT_UNAVAILABLE' });
      expect(open).not.toHaveBeenCalled();
      expect(await isFree('127.0.0.1', port)).toBe(true);
    },
  );
});

describe('canOpenBrowser', () => {
  it.each([
    ['darwin', {}, true],
    ['win32', {}, true],
    ['linux', {}, false],
    ['linux', { DISPLAY: '' }, false],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['linux', { WSL_DISTRO_NAME: 'Debian' }, true],
  ] as const)('%s %o: %s', (platform, env, expected) => {
    expect(canOpenBrowser(platform, env)).toBe(expected);
  });
});
