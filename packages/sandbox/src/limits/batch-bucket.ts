/** Data Center's bucket: a batch of tokens every interval, none in between. Times are epoch ms. */
export class BatchBucket {
  readonly #capacity: number;
  readonly #fill: number;
  readonly #intervalMs: number;
  #tokens: number;
  #filledAt: number;

  constructor(capacity: number, fill: number, intervalMs: number, now: number) {
    this.#capacity = capacity;
    this.#fill = fill;
    this.#intervalMs = intervalMs;
    this.#tokens = capacity;
    this.#filledAt = now;
  }

  take(now: number): boolean {
    this.#refill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  remaining(now: number): number {
    this.#refill(now);
    return this.#tokens;
  }

  /** Ms until there is a token. */
  wait(now: number): number {
    this.#refill(now);
    return this.#tokens >= 1 ? 0 : this.#filledAt + this.#intervalMs - now;
  }

  #refill(now: number): void {
    const batches = Math.max(0, Math.floor((now - this.#filledAt) / this.#intervalMs));
    this.#tokens = Math.min(this.#capacity, this.#tokens + batches * this.#fill);
    this.#filledAt += batches * this.#intervalMs;
  }
}
