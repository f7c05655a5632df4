/** What sums of fractions may miss of a whole token. */
const ROUNDING = 1e-9;

/** Tokens that come back steadily, up to `capacity`. Times are epoch ms. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #capacity: number;
  #tokens: number;
  #filledAt: number;

  constructor(perSecond: number, capacity: number, now: number) {
    this.#perMs = perSecond / 1000;
    this.#capacity = capacity;
    this.#tokens = capacity;
    this.#filledAt = now;
  }

  take(now: number): boolean {
    this.#refill(now);
    if (this.#tokens < 1 - ROUNDING) return false;
    this.#tokens = Math.max(0, this.#tokens - 1);
    return true;
  }

  remaining(now: number): number {
    this.#refill(now);
    return Math.floor(this.#tokens + ROUNDING);
  }

  /** Ms until there is a token. */
  wait(now: number): number {
    this.#refill(now);
    return Math.max(0, (1 - this.#tokens) / this.#perMs);
  }

  #refill(now: number): void {
    const elapsed = Math.max(0, now - this.#filledAt);
    this.#tokens = Math.min(this.#capacity, this.#tokens + elapsed * this.#perMs);
    this.#filledAt = Math.max(this.#filledAt, now);
  }
}
