import type { LimitRate } from '../rate-limits/read-limits.js';
import type { Gate } from './gate.js';

/**
 * Of a second's calls so many are left to those whom others have under way, and twice as many after each
 * refusal; but no more than half of what there can be.
 */
const RESERVE = 0.05;

/** Below so much of a second's calls it holds calls back. */
const NEAR = 0.5;

/** Ms without an answer after which nothing is known of the bucket any more. */
const MEMORY = 2000;

/**
 * An endpoint's burst limit as Cloud's answers tell it: so many calls a second, of which so many are left.
 * Everybody who calls the tenant draws from it, so that only the last answer counts.
 */
export class ToldRate implements Gate {
  readonly reason = 'burst';
  /** Calls by number that were sent and not answered: they are not in what is left yet. */
  readonly #underWay = new Set<number>();
  /** Calls up to this one began before anything was known. */
  readonly #openedAt: number;
  /** How many of those are under way, those to other endpoints with them. */
  #early: number;
  #perMs = 1;
  #caution = RESERVE;
  /** The most that was left, as far as it is known. */
  #most = 0;
  #left = 0;
  #heardAt = 0;
  /** Of the calls that have their answers, the one that began last. */
  #newest = 0;

  /** `sent` is the number of the last call that began, `underWay` counts those that were not answered. */
  constructor(sent: number, underWay: number) {
    this.#openedAt = sent;
    this.#early = underWay;
  }

  /** Whether what an answer tells is little enough to hold calls back, with so many under way. */
  static isNear({ perSecond, remaining }: LimitRate, underWay: number): boolean {
    return remaining - underWay < perSecond * NEAR;
  }

  /** What the answer to the call of this number told. */
  update({ perSecond, remaining }: LimitRate, number: number, now: number): void {
    const known = this.#left + (now - this.#heardAt) * this.#perMs;
    const told = remaining - this.#underWay.size - this.#early;
    // Of an answer that was overtaken, others have drawn since.
    this.#left = number > this.#newest ? told : Math.min(known, told);
    this.#newest = Math.max(this.#newest, number);
    this.#perMs = perSecond / 1000;
    this.#most = Math.max(this.#most, remaining);
    this.#heardAt = now;
  }

  begun(number: number): void {
    if (number <= this.#openedAt) return;
    this.#underWay.add(number);
    this.#left -= 1;
  }

  /** A call was refused: nothing is left. */
  refused(now: number): void {
    this.#left = -this.#underWay.size - this.#early;
    this.#heardAt = now;
    this.#caution = Math.min(1, this.#caution * 2);
  }

  ended(number: number): void {
    if (number <= this.#openedAt) this.#early -= 1;
    else this.#underWay.delete(number);
  }

  wait(now: number): number {
    return this.leastWait(now, 0);
  }

  leastWait(now: number, ahead: number): number {
    const reserve = Math.floor(Math.min(this.#caution * 1000 * this.#perMs, this.#most / 2));
    const missing = ahead + 1 + reserve - this.#left;
    return Math.max(0, missing / this.#perMs - (now - this.#heardAt));
  }

  take(): void {}

  isOver(now: number): boolean {
    return now > this.#heardAt + MEMORY && this.#underWay.size === 0;
  }
}
