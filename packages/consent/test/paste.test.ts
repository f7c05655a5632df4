import { PassThrough } from 'node:stream';
import { ConsentError } from '@tributary/pipeline';
import { walkConsent } from '@tributary/sandbox';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runWithConsent } from '../src/index.js';
import { type TerminalPromptOptions, terminalPrompt } from '../src/terminal/index.js';
import { type FakeFlowOptions, fakeFlow, requestFor } from './support/fake-flow.js';
import { freePort, isFree, knock } from './support/loopback.js';
import { deferred } from './support/outcome.js';
import { startApp } from './support/sandbox-app.js';

const SSH = '198.51.100.4 50022 203.0.113.7 22';

let port = 0;
beforeEach(async () => {
  port = await freePort();
  for (const name of ['BROWSER', 'DISPLAY', 'WAYLAND_DISPLAY', 'SSH_CONNECTION', 'SSH_TTY']) {
    vi.stubEnv(name, '');
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** A keyboard and a screen that the test holds. */
const keyboard = () => {
  const input = new PassThrough();
  let printed = '';
  return {
    input,
    output: { write: (text: string) => (printed += text) },
    printed: () => printed,
    type: (line: string) => input.write(`${line}\n`),
  };
};

const ask = async (
  options: TerminalPromptOptions = {},
  flowOptions: FakeFlowOptions = {},
  terminal = keyboard(),
) => {
  const redirectUri = `http://localhost:${port}/callback`;
  const flow = fakeFlow({ redirectUri, ...flowOptions });
  const controller = new AbortController();
  const outcome = terminalPrompt({ openBrowser: false, ...terminal, ...options })
    .ask(requestFor(flow), { signal: controller.signal })
    .then(
      () => 'granted',
      (error: unknown) => error,
    );
  await expect.poll(terminal.printed).toContain('paste it here');
  const state = flow.started[0]?.state;
  return {
    ...terminal,
    flow,
    outcome,
    abort: (reason: unknown) => controller.abort(reason),
    answer: `${redirectUri}?code=pasted&state=${state}`,
    knock: () =>
      knock({
        port,
        path: `/callback?code=c&state=${state}`,
        headers: { host: `localhost:${port}` },
      }),
  };
};

const codes = ({ flow }: { readonly flow: ReturnType<typeof fakeFlow> }) =>
  flow.exchanged.map((params) => params.get('code'));

describe('pasting the answer', () => {
  it('is asked for when the keyboard no longer shows what is typed', async () => {
    const modes: boolean[] = [];
    const setRawMode = (mode: boolean) => modes.push(mode);
    const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode });
    const terminal = keyboard();
    const modesAtPrompt: boolean[][] = [];
    const write = (text: string) => {
      if (text.includes('It is not shown.')) modesAtPrompt.push([...modes]);
      return terminal.output.write(text);
    };
    const round = await ask({}, {}, { ...terminal, input, output: { write } });
    round.abort(new Error('enough'));
    await round.outcome;
    expect(modesAtPrompt).toEqual([[true]]);
    expect(modes).toEqual([true, false]);
  });

  it('is taken for the callback, and leaves nothing behind', async () => {
    const round = await ask();
    expect(round.printed()).toContain(`it begins with http://localhost:${port}/callback`);
    round.type(round.answer);
    expect(await round.outcome).toBe('granted');
    expect(codes(round)).toEqual(['pasted']);
    expect(round.printed()).toMatch(/\nAccess granted\.\n$/);
    expect(round.printed()).not.toContain('pasted');
    expect(await isFree('127.0.0.1', port)).toBe(true);
    expect(round.input.listenerCount('data')).toBe(0);
    expect(round.input.isPaused()).toBe(true);
  });

  it('explains what is wrong and asks again', async () => {
    const round = await ask();
    round.type('hello');
    round.type('');
    round.type(round.answer.replace(/state=.*/, 'state=older'));
    await expect.poll(round.printed).toContain('belongs to another request');
    expect(round.printed().match(/Paste it again:/g)).toHaveLength(2);
    expect(round.flow.exchanged).toEqual([]);
    round.type(round.answer);
    expect(await round.outcome).toBe('granted');
  });

  it('may come in pieces, and longer than a line of a terminal', async () => {
    const round = await ask();
    const code = 'c'.repeat(6_000);
    const text = round.answer.replace('pasted', code);
    for (let at = 0; at < text.length; at += 1_000) round.input.write(text.slice(at, at + 1_000));
    round.input.write('\r\n');
    expect(await round.outcome).toBe('granted');
    expect(codes(round)).toEqual([code]);
  });

  it('can be a denial', async () => {
    const complete = () => Promise.reject(new ConsentError('CONSENT_DENIED', 'No.'));
    const round = await ask({}, { complete });
    round.type(round.answer.replace('code=pasted', 'error=access_denied'));
    expect(await round.outcome).toMatchObject({ code: 'CONSENT_DENIED' });
    expect(round.printed()).toMatch(/\nAccess not granted\.\n$/);
  });

  it('comes second to the browser, and the keyboard is given back at once', async () => {
    const exchange = deferred<void>();
    const round = await ask({}, { complete: () => exchange.promise });
    const page = round.knock();
    await expect.poll(() => round.flow.exchanged.length).toBe(1);
    expect(round.input.listenerCount('data')).toBe(0);
    round.type(round.answer);
    exchange.resolve();
    expect((await page).text).toContain('Access granted');
    expect(await round.outcome).toBe('granted');
    expect(codes(round)).toEqual(['c']);
  });

  it('comes first, and a browser that is late is refused', async () => {
    const exchange = deferred<void>();
    const round = await ask({}, { complete: () => exchange.promise });
    round.type(round.answer);
    await expect.poll(() => round.flow.exchanged.length).toBe(1);
    const page = await round.knock();
    expect(page.status).toBe(400);
    expect(page.text).toContain('already used');
    exchange.resolve();
    expect(await round.outcome).toBe('granted');
    expect(codes(round)).toEqual(['pasted']);
  });

  it('goes on without the keyboard when that ends', async () => {
    const round = await ask();
    round.input.end();
    await round.knock();
    expect(await round.outcome).toBe('granted');
  });

  it('is not read any more after an abort', async () => {
    const round = await ask();
    round.abort('enough');
    expect(await round.outcome).toBe('enough');
    expect(round.input.listenerCount('data')).toBe(0);
    expect(await isFree('127.0.0.1', port)).toBe(true);
  });

  it('leaves a keyboard that the app reads flowing', async () => {
    const terminal = keyboard();
    const lines: string[] = [];
    terminal.input.on('data', (chunk) => lines.push(String(chunk)));
    const round = await ask({}, {}, terminal);
    round.abort('enough');
    await round.outcome;
    terminal.type('for the app');
    await expect.poll(() => lines.join('')).toContain('for the app');
  });

  it('is offered only where the person opens the address', async () => {
    const terminal = keyboard();
    const opened = deferred<URL>();
    const flow = fakeFlow({ redirectUri: `http://127.0.0.1:${port}/callback` });
    const { signal } = new AbortController();
    const open = (url: string) => opened.resolve(new URL(url));
    const work = terminalPrompt({ open, ...terminal }).ask(requestFor(flow), { signal });
    const state = (await opened.promise).searchParams.get('state');
    expect(terminal.input.listenerCount('data')).toBe(0);
    await knock({ port, path: `/callback?code=c&state=${state}` });
    await work;
    expect(terminal.printed()).not.toContain('paste');
  });
});

describe('over SSH', () => {
  it('opens nothing, though there is a screen, and says how the answer gets here', async () => {
    vi.stubEnv('SSH_CONNECTION', SSH);
    vi.stubEnv('DISPLAY', 'localhost:10.0');
    vi.stubEnv('USER', 'ada');
    const round = await ask({ openBrowser: true });
    const { url } = round.flow.started[0] ?? {};
    expect(round.printed()).toContain(
      `Open this address in the browser of the machine that you sit at:\n\n${url}\n\n`,
    );
    expect(round.printed()).toContain(
      `\n\n  ssh -N -L ${port}:localhost:${port} ada@203.0.113.7\n\n`,
    );
    round.type(round.answer);
    expect(await round.outcome).toBe('granted');
  });

  it('takes a pasted answer besides the browser that BROWSER opens at the other end', async () => {
    vi.stubEnv('SSH_CONNECTION', SSH);
    vi.stubEnv('BROWSER', `'${process.execPath}' --eval 0 --`);
    const round = await ask({ openBrowser: true });
    expect(round.printed()).not.toContain('https://auth.example');
    round.type(round.answer);
    expect(await round.outcome).toBe('granted');
  });
});

describe('questions at one terminal', () => {
  it('are put one after the other', async () => {
    const first = await ask();
    const redirectUri = `http://localhost:${port}/callback`;
    const [second, third] = [fakeFlow({ redirectUri }), fakeFlow({ redirectUri })];
    const terminal = keyboard();
    const prompt = terminalPrompt({ openBrowser: false, ...terminal });
    const gaveUp = new AbortController();
    const given = prompt.ask(requestFor(second), gaveUp).catch((error) => error);
    const { signal } = new AbortController();
    const work = prompt.ask(requestFor(third), { signal });
    gaveUp.abort('not now');
    expect(await given).toBe('not now');
    await new Promise((resolve) => setImmediate(resolve));
    expect(terminal.printed()).toBe('');
    first.type(first.answer);
    await first.outcome;
    await expect.poll(terminal.printed).toContain('paste it here');
    terminal.type(`${redirectUri}?code=c&state=${third.started[0]?.state}`);
    await work;
    expect(second.started).toEqual([]);
  });
});

it('a device without a browser is granted access by the sandbox', async () => {
  await using app = await startApp();
  const terminal = keyboard();
  const prompt = terminalPrompt({ openBrowser: false, ...terminal });
  const work = runWithConsent(() => app.whoAmI(), { prompt, user: { id: 'ada' } });
  await expect.poll(terminal.printed).toContain('paste it here');
  const [url = ''] = /^http:\S+authorize\S+$/m.exec(terminal.printed()) ?? [];

  // The browser is elsewhere: nothing answers there under the redirect URI.
  const here = globalThis.fetch;
  let endedAt = '';
  vi.stubGlobal('fetch', (target: string | URL, init?: RequestInit) => {
    if (!String(target).startsWith(app.redirectUri)) return here(target, init);
    endedAt = String(target);
    return Promise.reject(new TypeError('connection refused'));
  });
  await expect(walkConsent({ as: 'editor' })(url)).rejects.toThrow('nobody listens');
  vi.unstubAllGlobals();

  terminal.type(url);
  await expect.poll(terminal.printed).toContain('That is a page on the way');
  terminal.type(endedAt);
  expect(await work).toBe(app.sandbox.people.editor.accountId);
});
