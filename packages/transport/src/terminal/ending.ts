/** Something that can be ended from outside. */
export interface UnderWay {
  abort(reason: unknown): void;
}

/** What may end a request early: its caller, and the deadline of its call. */
export interface Ending {
  readonly caller: AbortSignal | undefined;
  /** For both in one; to hand to fetch, which keeps a listener on it until it is collected. */
  readonly signal: AbortSignal | undefined;
  /** The request that the deadline ends. The caller's signal is its own to watch. */
  underWay: UnderWay | undefined;
}

/** Builds a signal for those alone who take one, since it costs as much as a good part of a request. */
export class CallEnding implements Ending {
  readonly caller: AbortSignal | undefined;
  readonly #hasDeadline: boolean;
  #timeout: AbortController | undefined;
  underWay: UnderWay | undefined;

  constructor(caller: AbortSignal | undefined, hasDeadline: boolean) {
    this.caller = caller;
    this.#hasDeadline = hasDeadline;
  }

  /** To hand to fetch, which keeps a listener on it until it is collected. */
  get signal(): AbortSignal | undefined {
    const { caller } = this;
    if (this.#hasDeadline) this.#timeout ??= new AbortController();
    const timeout = this.#timeout?.signal;
    if (caller === undefined) return timeout;
    // `any` keeps the caller's own free of listeners: it may live as long as the process.
    return AbortSignal.any(timeout === undefined ? [caller] : [caller, timeout]);
  }

  /** The deadline has passed. */
  end(error: unknown): void {
    this.underWay?.abort(error);
    this.#timeout?.abort(error);
  }
}
