import { delimiter } from 'node:path';
import { isSsh } from './ssh.js';

export interface BrowserWishes {
  readonly open?: (url: string) => unknown | Promise<unknown>;
  readonly openBrowser: boolean;
}

/** How the person gets to the authorization server. */
export type BrowserChoice =
  | { readonly kind: 'given'; readonly open: NonNullable<BrowserWishes['open']> }
  | { readonly kind: 'commands'; readonly commands: readonly BrowserCommand[] }
  | { readonly kind: 'system' }
  /** They open it themselves. */
  | { readonly kind: 'none' };

/** Program and arguments, in which `%s` stands for the address. */
export type BrowserCommand = readonly [program: string, ...args: string[]];

/**
 * What the app says, then the person's BROWSER, also over SSH, where editors set it to open the browser
 * at the other end; then the system's browser, where there is a screen and somebody before it.
 */
export const chooseBrowser = (
  { open, openBrowser }: BrowserWishes,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): BrowserChoice => {
  if (!openBrowser) return { kind: 'none' };
  if (open !== undefined) return { kind: 'given', open };
  if (env.BROWSER === 'none') return { kind: 'none' };
  const commands = readBrowserVariable(env.BROWSER ?? '');
  if (commands.length > 0) return { kind: 'commands', commands };
  return !isSsh(env) && hasScreen(env, platform) ? { kind: 'system' } : { kind: 'none' };
};

/** Without a screen, Linux starts a text browser that nobody sees. */
const hasScreen = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean =>
  platform === 'darwin' ||
  platform === 'win32' ||
  Boolean(env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME);

const WORD = /"([^"]*)"|'([^']*)'|[^\s"']+/g;

/** Commands to be tried one after the other, as xdg-open and Python's webbrowser read them. */
export const readBrowserVariable = (
  value: string,
  separator: string = delimiter,
): readonly BrowserCommand[] =>
  value.split(separator).flatMap((entry) => {
    const words = [...entry.matchAll(WORD)].map(([all, double, single]) => double ?? single ?? all);
    const [program, ...args] = words;
    if (program === undefined || program === '') return [];
    const takesUrl = args.some((word) => word.includes('%s'));
    return [[program, ...args, ...(takesUrl ? [] : ['%s'])]];
  });

/** No shell sees it: the address stays one argument. */
export const fillIn = ([program, ...args]: BrowserCommand, url: string): BrowserCommand => [
  program,
  ...args.map((word) => word.replaceAll(/%[%s]/g, (sign) => (sign === '%s' ? url : '%'))),
];
