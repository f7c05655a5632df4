import { join, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TerminalPromptOptions } from '../src/terminal/index.js';
import { readTerminal, type Surroundings, thisCommand } from '../src/terminal/this-terminal.js';

const surroundings = (terminals: readonly number[], more: Partial<Surroundings> = {}) => ({
  env: {},
  platform: 'linux' as const,
  argv: ['/usr/bin/node', '/usr/local/bin/stale-pages', '--token=secret'],
  isTerminal: (fd: number) => terminals.includes(fd),
  ...more,
});
const SCREEN = { env: { DISPLAY: ':0' } };
const output = { write() {} };
const open = () => {};

describe('readTerminal', () => {
  it.each([
    ['no terminal at all', [], {}, {}],
    ['no terminal, a screen that nobody need sit before', [], {}, SCREEN],
    ['a keyboard, but nothing that is read, nor a browser', [0], {}, {}],
    ['a keyboard, but no browser wanted', [0], { openBrowser: false }, SCREEN],
    ['no terminal, over SSH', [], {}, { env: { ...SCREEN.env, SSH_CONNECTION: 'x' } }],
  ])('%s: CONSENT_UNAVAILABLE, naming what to run', (_, terminals, options, more) => {
    expect(() => readTerminal(options, surroundings(terminals, more))).toThrow(
      expect.objectContaining({
        code: 'CONSENT_UNAVAILABLE',
        message: expect.stringContaining('Run `stale-pages` in one'),
      }),
    );
  });

  it.each<[string, readonly number[], TerminalPromptOptions, Partial<Surroundings>]>([
    ['a terminal', [0, 1, 2], {}, {}],
    ['error output only', [2], {}, {}],
    ['output only', [1], {}, {}],
    ['a keyboard and a browser', [0], {}, SCREEN],
    ['an output of the app', [], { output }, {}],
    ['an open of the app', [], { open }, {}],
  ])('%s: somebody notices', (_, terminals, options, more) => {
    const terminal = readTerminal({ input: false, ...options }, surroundings(terminals, more));
    expect(terminal.unread === undefined).toBe(
      terminals.includes(2) || terminals.includes(1) || 'output' in options,
    );
  });

  it.each([
    [[0, 1, 2], process.stderr],
    [[2], process.stderr],
    [[1], process.stdout],
  ])('terminals at %o: writes where it is read', (terminals, stream) => {
    expect(readTerminal({ input: false }, surroundings(terminals)).output).toBe(stream);
  });

  it('reads where the app says, and from no pipe', () => {
    const input = process.stdin;
    expect(readTerminal({ output, input }, surroundings([])).input).toBe(input);
    expect(readTerminal({ output }, surroundings([])).input).toBeUndefined();
    expect(readTerminal({ output, input: false }, surroundings([0])).input).toBeUndefined();
  });

  it('names the command that the app gives', () => {
    const command = 'stale-pages login';
    expect(() => readTerminal({ command }, surroundings([]))).toThrow('Run `stale-pages login` in');
  });

  it('shows nothing of how the program was started', () => {
    expect(() => readTerminal({}, surroundings([]))).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });

  it('has no command without a script', () => {
    expect(() => readTerminal({}, surroundings([], { argv: ['/usr/bin/node'] }))).toThrow(
      'Run this program in one',
    );
  });
});

describe('thisCommand', () => {
  const folder = join(sep, 'home', 'ada');
  it.each([
    [join(folder, 'app.mjs'), 'node app.mjs'],
    [join(folder, 'src', 'app.ts'), `node ${join('src', 'app.ts')}`],
    [join(folder, 'my app.js'), 'node "my app.js"'],
    [join(sep, 'opt', 'app.js'), `node ${join(sep, 'opt', 'app.js')}`],
    [join(sep, 'usr', 'bin', 'stale-pages'), 'stale-pages'],
    [join(folder, 'node_modules', '.bin', 'stale-pages'), 'stale-pages'],
  ])('%s: %s', (script, command) => {
    expect(thisCommand(['node', script, '--token=secret'], folder)).toBe(command);
  });
});
