import type { RateLimitReason } from '@tributary/pipeline';
import type { LimitWindow } from '../rate-limits/read-limits.js';
import type { Gate } from './gate.js';

/** Ms by which two answers may differ on when one window ends: they tell it in seconds. */
const SAME_WINDOW = 2000;

/** Of a point, by which what calls cost may be measured too high. */
const TOLERANCE = 0.05;

/**
 * A quota that is given back at once, at a moment that the server tells: Cloud's points. What calls cost
 * is not told, and is learned from how the rest shrinks.
 */
export class QuotaWindow implements Gate {
  readonly reason: RateLimitReason;
  readonly #underWay: () => number;
  #remaining = Number.POSITIVE_INFINITY;
  #resetAt = 0;
  #first = 0;
  #answers = 0;
  #cost = 1;
  #isSpentTold = false;

  /** `underWay` counts the calls that were sent and not answered: their cost is not in the rest yet. */
  constructor(reason: RateLimitReason, underWay: () => number) {
    this.reason = reason;
    this.#underWay = underWay;
  }

  update({ remaining, resetMs }: LimitWindow, now: number): void {
    const resetAt = now + resetMs;
    if (now >= this.#resetAt || resetAt > this.#resetAt + SAME_WINDOW) {
      this.#remaining = remaining;
      this.#first = remaining;
      this.#answers = 0;
      this.#resetAt = resetAt;
      this.#isSpentTold = false;
      return;
    }
    // Answers overtake each other, and the rest only shrinks; the reset is the latest that was said.
    this.#remaining = Math.min(this.#remaining, remaining);
    this.#resetAt = Math.max(this.#resetAt, resetAt);
    this.#first = Math.max(this.#first, remaining);
    this.#answers += 1;
    const each = (this.#first - this.#remaining) / this.#answers;
    // Points are whole; answers that were on their way together tell the same rest, and little too little.
    this.#cost = Math.max(1, Math.ceil(each - TOLERANCE));
  }

  wait(now: number): number {
    if (this.isOver(now)) return 0;
    const left = this.#remaining - this.#underWay() * this.#cost;
    return left >= this.#cost ? 0 : this.#resetAt - now;
  }

  leastWait(now: number, ahead: number): number {
    if (this.isOver(now)) return 0;
    return this.#remaining >= this.#cost * (ahead + 1) ? 0 : this.#resetAt - now;
  }

  /** Ms to the reset, the first time that nothing is left of a window; else 0. */
  newlySpent(now: number): number {
    if (this.#isSpentTold || this.isOver(now) || this.#remaining >= this.#cost) return 0;
    this.#isSpentTold = true;
    return this.#resetAt - now;
  }

  take(): void {}

  isOver(now: number): boolean {
    return now >= this.#resetAt;
  }
}
