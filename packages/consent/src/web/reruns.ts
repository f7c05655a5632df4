import type { Rounds } from '../rounds.js';
import { newSecret } from './tokens.js';

/** What the boundary has to know of a request that is run again. */
export interface Rerun {
  readonly consentId: string;
  readonly userId: string;
  readonly rounds: Rounds;
  /** Where the person may go on to from the answer. */
  readonly target: string;
  readonly browser: string;
}

/**
 * Marks the requests that this process runs again. By a header, since frameworks copy requests and lose
 * asynchronous contexts; its value is good once, and never leaves the process.
 */
export class Reruns {
  static readonly header = 'x-consent-rerun';
  readonly #running = new Map<string, Rerun>();

  /** Good until `end`. */
  begin(rerun: Rerun): { readonly mark: string; end(): void } {
    const mark = newSecret();
    this.#running.set(mark, rerun);
    return { mark, end: () => this.#running.delete(mark) };
  }

  take(request: Request): Rerun | undefined {
    const mark = request.headers.get(Reruns.header);
    if (mark === null) return undefined;
    const rerun = this.#running.get(mark);
    this.#running.delete(mark);
    return rerun;
  }
}
