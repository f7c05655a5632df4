import type { RateLimitReason } from '@tributary/pipeline';

/** Something that may hold calls back. All times are ms on the clock's monotonic scale. */
export interface Gate {
  readonly reason: RateLimitReason;
  /** Ms until a call may pass; 0 for now. */
  wait(now: number): number;
  /** Ms that a call behind `ahead` others has to wait at least, whatever comes of those under way. */
  leastWait(now: number, ahead: number): number;
  /** A call passes. */
  take(now: number): void;
  /** Whether it has nothing more to say. */
  isOver(now: number): boolean;
}

/** Nobody passes before a moment. */
export class Pause implements Gate {
  #until = 0;
  #reason: RateLimitReason = 'unknown';

  get reason(): RateLimitReason {
    return this.#reason;
  }

  /** A pause is never shortened. */
  extend(until: number, reason: RateLimitReason): void {
    if (until <= this.#until) return;
    this.#until = until;
    this.#reason = reason;
  }

  wait(now: number): number {
    return Math.max(0, this.#until - now);
  }

  leastWait(now: number): number {
    return this.wait(now);
  }

  take(): void {}

  isOver(now: number): boolean {
    return this.#until <= now;
  }
}
