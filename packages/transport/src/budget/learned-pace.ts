import type { RateLimitReason } from '@tributary/pipeline';
import type { Gate } from './gate.js';
import type { Served } from './served-meter.js';

/** Calls a second below which it does not go: one that was stopped for others' calls must get out again. */
const SLOWEST = 2;

/** A little under what was measured, and then up by so much a second: a limit that is raised is found. */
const CAUTION = 0.98;
const GROWTH = 0.01;

/** Ms for which a server that nobody calls is taken to save calls up. */
const SAVED = 1000;

/** Of what a server saves while calls pause so much is spent, so much faster than the rate. */
const SPENT = 0.75;
const PEAK = 1.5;

/** Between the least and the most that the rate can be, nearer to the least: 0 for it, 1 for the most. */
const LEAN = 0.25;

/** Two measurements that differ by less than this are believed. */
const AGREE = 0.1;

/** Ms between two refusals that measure anything. */
const LEAST_ELAPSED = 1000;

/** Ms' worth of calls that may begin at once: what timers miss. */
const SLACK = 20;

/** Ms without a refusal after which what was learned is forgotten. */
const MEMORY = 60_000;

/**
 * A limit per second that nobody publishes, learned from refusals. A server's token bucket is empty
 * whenever it refuses, so that what it served between two refusals, by the time between them, is its
 * rate; less than that where it saves nothing up while calls pause. How much less it can be tells how
 * fast to go up again.
 */
export class LearnedPace implements Gate {
  readonly reason: RateLimitReason;
  /** Calls per ms. */
  #rate = 0;
  /** Per second. */
  #growth = 0;
  #tokens = 0;
  #filledAt: number;
  #takenAt: number;
  /** Calls that may go beyond the rate, after a time without any. */
  #bonus = 0;
  #spent = SPENT;
  /** What the last refusal measured. */
  #measured = 0;
  #served = 0;
  #since = 0;
  #refusedAt = 0;
  #pauseMs = SAVED;

  /** `served` is what went well before the first refusal. */
  constructor(reason: RateLimitReason, served: Served, pauseMs: number, now: number) {
    this.reason = reason;
    this.#filledAt = now;
    this.#takenAt = now;
    this.#served = served.calls;
    this.#since = now - served.ms - SAVED;
    this.#rate = served.calls / Math.max(1, served.ms);
    this.refused(pauseMs, now);
  }

  /** A call was refused that was sent after the last refusal was known; all pause for `pauseMs`. */
  refused(pauseMs: number, now: number): void {
    const elapsed = now - this.#since;
    this.#refusedAt = now;
    if (this.#bonus > 0) {
      // The server saves fewer than was thought; of its rate that tells nothing.
      this.#bonus = 0;
      this.#spent = this.#spent > 0.2 ? this.#spent / 2 : 0;
      this.#served = 0;
      this.#since = now;
      return;
    }
    // What comes so close tells of something else than a rate per second.
    if (elapsed < LEAST_ELAPSED) return;
    const least = Math.max(this.#served, 1) / elapsed;
    const isSure = Math.abs(least / this.#measured - 1) < AGREE;
    const doubt = isSure ? 0 : Math.min(1, this.#pauseMs / elapsed);
    const most = Math.max(least, Math.min(this.#rate, least / Math.max(0.1, 1 - doubt)));
    this.#rate = Math.max(SLOWEST / 1000, CAUTION * least * (most / least) ** LEAN);
    this.#growth = Math.max(GROWTH, (doubt * doubt) / 2);
    this.#measured = least;
    this.#served = 0;
    this.#since = now;
    this.#pauseMs = Math.min(pauseMs, SAVED);
  }

  served(): void {
    this.#served += 1;
  }

  wait(now: number): number {
    this.#refill(now);
    return this.#tokens >= 1 ? 0 : (1 - this.#tokens) / this.#current;
  }

  leastWait(now: number, ahead: number): number {
    this.#refill(now);
    const missing = ahead + 1 - this.#tokens - this.#bonus;
    if (missing <= 0) return 0;
    // As if it were the faster one all the while.
    const ms = missing / this.#rate;
    return ms / (1 + (this.#growth * ms) / 1000);
  }

  take(now: number): void {
    this.#refill(now);
    this.#tokens -= 1;
    const gap = now - this.#takenAt;
    this.#takenAt = now;
    if (this.#bonus > 0) this.#bonus -= 1 - 1 / PEAK;
    if (gap <= Math.max(SAVED / 2, 2 / this.#rate)) {
      // Only what is used up is known to be too little.
      this.#rate *= 1 + (this.#growth * gap) / 1000;
      return;
    }
    // A time without calls measures nothing, and what the server saved meanwhile is there to be spent.
    this.#since += Math.max(0, gap - SAVED);
    this.#bonus = this.#spent * Math.min(gap, SAVED) * this.#rate;
  }

  isOver(now: number): boolean {
    return now > this.#refusedAt + MEMORY && now > this.#takenAt + SAVED;
  }

  get #current(): number {
    return this.#bonus > 0 ? this.#rate * PEAK : this.#rate;
  }

  #refill(now: number): void {
    const rate = this.#current;
    const elapsed = Math.max(0, now - this.#filledAt);
    this.#tokens = Math.min(Math.max(1, rate * SLACK), this.#tokens + elapsed * rate);
    this.#filledAt = now;
  }
}
