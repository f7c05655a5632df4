import type { RateLimitReason } from '@tributary/pipeline';
import type { Gate } from './gate.js';

/** Calls a second below which it does not go: one that was stopped for others' calls must get out again. */
const SLOWEST = 2;

/** A little under what was measured, and then up by so much a second: a limit that is raised is found. */
const CAUTION = 0.99;
const GROWTH = 0.01;

/** Seconds' worth of calls that the server is taken to let pass at once, to begin with and at least. */
const BURST = 1;
const LEAST_BURST = 0.05;

/** Ms without a refusal after which what was learned is forgotten. */
const MEMORY = 60_000;

/**
 * A limit per second that nobody publishes, learned from refusals. A server's token bucket is empty
 * whenever it refuses, so that what it served between two refusals, by the time between them, is its
 * rate.
 */
export class LearnedPace implements Gate {
  readonly reason: RateLimitReason;
  /** Calls per ms. */
  #rate: number;
  #burst = BURST;
  #tokens = 0;
  #updatedAt: number;
  #served = 0;
  #since: number;
  #refusedAt: number;

  /** `perSecond`: what was served in the second before the first refusal. */
  constructor(reason: RateLimitReason, perSecond: number, now: number) {
    this.reason = reason;
    this.#rate = Math.max(SLOWEST, perSecond * CAUTION) / 1000;
    this.#updatedAt = now;
    this.#since = now;
    this.#refusedAt = now;
  }

  /** A call was refused that was sent after the last refusal was known. */
  refused(now: number): void {
    this.#refill(now);
    if (this.#tokens > this.#capacity / 4) {
      // Refused while calls were saved up: the server saves fewer than was thought.
      this.#burst = Math.max(LEAST_BURST, this.#burst / 2);
    } else if (now > this.#since) {
      this.#rate = Math.max(SLOWEST / 1000, (CAUTION * this.#served) / (now - this.#since));
    }
    this.#tokens = 0;
    this.#served = 0;
    this.#since = now;
    this.#refusedAt = now;
  }

  served(): void {
    this.#served += 1;
  }

  wait(now: number): number {
    this.#refill(now);
    return this.#tokens >= 1 ? 0 : (1 - this.#tokens) / this.#rate;
  }

  leastWait(now: number, ahead: number): number {
    this.#refill(now);
    // As if it grew all the while.
    const missing = ahead + 1 - this.#tokens;
    return missing <= 0 ? 0 : missing / (this.#rate * (1 + GROWTH * (missing / this.#rate / 1000)));
  }

  take(now: number): void {
    this.#refill(now);
    this.#tokens -= 1;
  }

  isOver(now: number): boolean {
    return now > this.#refusedAt + MEMORY && this.#tokens >= this.#capacity / 2;
  }

  get #capacity(): number {
    return Math.max(1, this.#rate * this.#burst * 1000);
  }

  #refill(now: number): void {
    const elapsed = now - this.#updatedAt;
    if (elapsed <= 0) return;
    this.#updatedAt = now;
    // What the server saves is full too: the time before it tells nothing of its rate.
    const full = this.#tokens + elapsed * this.#rate;
    if (full >= this.#capacity) {
      this.#tokens = this.#capacity;
      this.#served = 0;
      this.#since = now - this.#capacity / this.#rate;
      return;
    }
    this.#tokens = full;
    this.#rate *= 1 + (GROWTH * elapsed) / 1000;
  }
}
