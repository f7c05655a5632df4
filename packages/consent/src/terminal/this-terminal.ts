import { basename, extname, relative } from 'node:path';
import { isatty } from 'node:tty';
import { ConsentError, escapeControl } from '@tributary/pipeline';
import { type BrowserChoice, chooseBrowser } from './browser-choice.js';
import { isSsh } from './ssh.js';
import type { TerminalPromptOptions } from './terminal-prompt.js';

export type Output = NonNullable<TerminalPromptOptions['output']>;

/** Where a question is put: what there is to read from, to write to, and to open. */
export interface Terminal {
  readonly output: Output;
  /** Where the person can paste; `undefined` where they can't. */
  readonly input: NodeJS.ReadableStream | undefined;
  readonly browser: BrowserChoice;
  /** Whether the person's own browser is on another machine. */
  readonly isRemote: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** Why nobody would read what is written; `undefined` where somebody does. */
  readonly unread: ConsentError | undefined;
}

/** The parts of `process` that matter. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly argv: readonly string[];
  readonly isTerminal: (fd: 0 | 1 | 2) => boolean;
}

const ofThisProcess = (): Surroundings => ({
  env: process.env,
  platform: process.platform,
  argv: process.argv,
  isTerminal: isatty,
});

/** @throws ConsentError CONSENT_UNAVAILABLE where nobody would notice the question. */
export const readTerminal = (
  options: TerminalPromptOptions,
  surroundings = ofThisProcess(),
): Terminal => {
  const { env, platform, isTerminal } = surroundings;
  const { open, openBrowser = true, input, output } = options;
  const browser = chooseBrowser({ openBrowser, ...(open && { open }) }, env, platform);
  const isRead = output !== undefined || isTerminal(2) || isTerminal(1);
  const unread = isRead ? undefined : noTerminal(options.command ?? thisCommand(surroundings.argv));
  // At a terminal a browser may open though both outputs are redirected; elsewhere nobody expects one.
  const isNoticed =
    isRead || browser.kind === 'given' || (browser.kind !== 'none' && isTerminal(0));
  if (unread !== undefined && !isNoticed) throw unread;
  return {
    output: output ?? (isTerminal(2) || !isTerminal(1) ? process.stderr : process.stdout),
    // Asked for only at a terminal: the mere look at process.stdin opens what it is.
    input: input === undefined && isTerminal(0) ? process.stdin : input || undefined,
    browser,
    isRemote: isSsh(env),
    env,
    unread,
  };
};

const noTerminal = (command: string | undefined): ConsentError => {
  const run = command === undefined ? 'this program' : `\`${escapeControl(command)}\``;
  return new ConsentError(
    'CONSENT_UNAVAILABLE',
    `Nobody can be asked here: this process has no terminal (TTY). Run ${run} in one and grant access there; with grants in a store that both use, this one then finds it.`,
  );
};

/** Without its arguments, which may hold secrets. */
export const thisCommand = (
  [, script]: readonly string[],
  folder = process.cwd(),
): string | undefined => {
  if (script === undefined || script === '') return undefined;
  if (!/^\.[cm]?[jt]sx?$/.test(extname(script))) return basename(script);
  const below = relative(folder, script);
  const path = below.startsWith('..') ? script : below;
  return `node ${/\s/.test(path) ? JSON.stringify(path) : path}`;
};
