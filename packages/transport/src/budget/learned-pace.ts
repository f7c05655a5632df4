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
    // What comes so close tells of something else than a rate per second.
    if (elapsed < LEAST_ELAPSED) return;
    const doubt = Math.min(1, this.#pauseMs / elapsed);
    const least = this.#served / elapsed;
    const most = Math.max(least, Math.min(this.#rate, least / Math.max(0.1, 1 - doubt)));
    this.#rate = Math.max(SLOWEST / 1000, CAUTION * Math.sqrt(least * most));
    this.#growth = Math.max(GROWTH, (doubt * doubt) / 2);
    this.#served = 0;
    this.#since = now;
    this.#pauseMs = Math.min(pauseMs, SAVED);
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
    const missing = ahead + 1 - this.#tokens;
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
    // Only what is used up is known to be too little; a time without calls measures nothing.
    if (gap <= Math.max(SAVED / 2, 2 / this.#rate)) this.#rate *= 1 + (this.#growth * gap) / 1000;
    else this.#since += Math.max(0, gap - SAVED);
  }

  isOver(now: number): boolean {
    return now > this.#refusedAt + MEMORY && now > this.#takenAt + SAVED;
  }

  #refill(now: number): void {
    const most = Math.max(1, this.#rate * SLACK);
    this.#tokens = Math.min(most, this.#tokens + Math.max(0, now - this.#filledAt) * this.#rate);
    this.#filledAt = now;
  }
}
