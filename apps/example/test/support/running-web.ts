import type { Browser } from './browser.js';
import { type Told, tell } from './tell.js';

/** Of a run without arguments. */
export const OPTIONS = { help: false, interactive: false, explain: false, staleDays: 365 };

export interface Running {
  readonly told: Told;
  readonly url: string;
  stop(): Promise<void>;
}

/** Until its address is printed. */
export const start = async (
  serve: (story: {
    readonly account: Told['account'];
    readonly signal: AbortSignal;
  }) => Promise<void>,
): Promise<Running> => {
  const told = tell();
  const stopped = new AbortController();
  const ended = serve({ account: told.account, signal: stopped.signal });
  const address = told.until(/^Open (http:\S+) in your browser/m);
  const found = await Promise.race([address, ended.then(() => undefined)]);
  if (found === undefined) throw new Error('It ended.');
  return {
    told,
    url: found[1] ?? '',
    async stop() {
      stopped.abort();
      await ended;
    },
  };
};

/** The button of the first page that is listed. */
export const firstPage = (browser: Browser): { readonly words: string; readonly id: string } => {
  const words = browser.buttons.find((button) => button.startsWith('Comment as me')) ?? '';
  return { words, id: browser.formOf(words).body.get('page') ?? '' };
};
