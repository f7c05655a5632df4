/** So many calls went well in so many ms. */
export interface Served {
  readonly calls: number;
  readonly ms: number;
}

/** Ms without an answer that begin a new count. */
const IDLE = 1000;

/** Ms after which what was counted counts half. */
const FADE = 5000;

/** How many calls went well since calls began to come without a break, the last seconds counting most. */
export class ServedMeter {
  #calls = 0;
  #since = 0;
  #at = Number.NEGATIVE_INFINITY;

  note(now: number): void {
    if (now - this.#at > IDLE) {
      this.#calls = 0;
      this.#since = now;
    } else if (now - this.#since > 2 * FADE) {
      this.#calls /= 2;
      this.#since += FADE;
    }
    this.#at = now;
    this.#calls += 1;
  }

  served(now: number): Served {
    return { calls: this.#calls, ms: Math.max(0, now - this.#since) };
  }
}
