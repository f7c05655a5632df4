import type { LimitBucket } from '../rate-limits/read-limits.js';
import type { Gate } from './gate.js';

/** Data Center's bucket as its answers tell it: a batch of tokens every interval, none in between. */
export class TokenBucket implements Gate {
  readonly reason = 'unknown';
  #remaining = 0;
  #fill = 1;
  #interval = 1000;
  #nextFill = 0;
  #heardAt = 0;

  /** `underWay` calls may or may not be in what remains: taken as if none were. */
  update({ remaining, fill, intervalMs }: LimitBucket, underWay: number, now: number): void {
    this.#remaining = Math.max(0, remaining - underWay);
    this.#fill = fill;
    this.#interval = intervalMs;
    this.#heardAt = now;
    // When within its interval the server stands is not told.
    if (now >= this.#nextFill || remaining > 0) this.#nextFill = now + intervalMs;
  }

  wait(now: number): number {
    return this.#remaining >= 1 || now >= this.#nextFill ? 0 : this.#nextFill - now;
  }

  leastWait(now: number, ahead: number): number {
    const missing = ahead + 1 - this.#remaining;
    if (missing <= 0) return 0;
    const batches = Math.ceil(missing / this.#fill) - 1;
    // The first batch may be there already, unseen; the others can't.
    return batches * this.#interval + Math.max(0, this.wait(now) - this.#interval);
  }

  take(now: number): void {
    if (this.#remaining < 1 && now >= this.#nextFill) {
      this.#remaining = this.#fill;
      this.#nextFill = now + this.#interval;
    }
    this.#remaining -= 1;
  }

  isOver(now: number): boolean {
    return now > this.#heardAt + 60_000 + this.#interval;
  }
}
