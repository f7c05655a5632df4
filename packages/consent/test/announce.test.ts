import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ConsentRequest } from '@tributary/pipeline';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TerminalPromptOptions, terminalPrompt } from '../src/terminal/index.js';
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
  for (const name of ['BROWSER', 'SSH_CONNECTION', 'SSH_TTY']) vi.stubEnv(name, '');
  open.mockReset();
});
afterEach(() => vi.unstubAllEnvs());

const ask = (
  options: TerminalPromptOptions,
  flowOptions: FakeFlowOptions = {},
  more: Partial<ConsentRequest> = {},
) => {
  const flow = fakeFlow({ redirectUri: `http://127.0.0.1:${port}/callback`, ...flowOptions });
  let text = '';
  const output = { write: (part: string) => (text += part) };
  const { signal } = new AbortController();
  const outcome = terminalPrompt({ output, input: false, ...options })
    .ask({ ...requestFor(flow), ...more }, { signal })
    .then(
      () => 'granted',
      (error: unknown) => error,
    );
  return {
    outcome,
    printed: () => text,
    url: () => flow.started[0]?.url,
    /** What the browser of this test was started with. */
    arguments: () => JSON.parse(flow.exchanged[0]?.get('code') ?? ''),
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
      `This app asks for your consent to act as you at https://example.atlassian.net/
It will be able to:
  - read pages and blog posts (read:page:confluence)
  - stay connected while you are away (offline_access)
Opening your browser; log in and decide there.
If none appears, start again with BROWSER=none to be given the address.
`,
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

  it('marks what an earlier grant lacked', async () => {
    const round = ask({ openBrowser: false }, {}, { newScopes: ['offline_access'] });
    await expect.poll(round.printsAddress).toBe(true);
    expect(round.printed()).toContain('\n  - read pages and blog posts (read:page:confluence)\n');
    expect(round.printed()).toContain('\n  - new: stay connected while you are away');
    await round.grant();
    await round.outcome;
  });

  it('BROWSER=none prints the address', async () => {
    vi.stubEnv('BROWSER', 'none');
    const round = ask({});
    await expect.poll(round.printsAddress).toBe(true);
    await round.grant();
    expect(await round.outcome).toBe('granted');
    expect(open).not.toHaveBeenCalled();
  });

  const browser = fileURLToPath(new URL('support/browser.mjs', import.meta.url));
  const run = `'${process.execPath}' '${browser}'`;
  it.each([
    ['where it says %s', `${run} --url=%s "100%% sure"`, ['--url=$URL', '100% sure']],
    ['at its end', `${run} --new-window`, ['--new-window', '$URL']],
    ['after one that is not there', `/no/such/browser:${run}`, ['$URL']],
    ['after one that fails', `'${process.execPath}' --no-such-option:${run}`, ['$URL']],
  ])('runs BROWSER with the address %s', async (_, variable, words) => {
    vi.stubEnv('BROWSER', variable);
    const round = ask({});
    expect(await round.outcome).toBe('granted');
    const expected = words.map((word) => word.replace('$URL', round.url() ?? ''));
    expect(round.arguments()).toEqual(expected);
    expect(round.printsAddress()).toBe(false);
    expect(open).not.toHaveBeenCalled();
  });

  it('prints the address when no program in BROWSER works', async () => {
    vi.stubEnv('BROWSER', '/no/such/browser:/nor/this/one');
    const round = ask({});
    await expect.poll(round.printsAddress).toBe(true);
    await round.grant();
    expect(await round.outcome).toBe('granted');
  });

  it('escapes what the server and the configuration say', async () => {
    const round = ask({ openBrowser: false }, { scopes: ['read\u001b[2J', '\u202eevil'] });
    await expect.poll(() => round.printed()).toContain('- read\\u{1b}[2J\n  - \\u{202e}evil');
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
