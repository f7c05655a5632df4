import { FairQueue } from './fair-queue.js';
import { type Gate, Pause } from './gate.js';
import { LearnedPace } from './learned-pace.js';
import type { Served } from './served-meter.js';
import type { ToldRate } from './told-rate.js';
import type { Waiter } from './waiter.js';

/** Calls that the same limits hold back: those to one endpoint, or all others of a site. */
export class Lane {
  readonly queue = new FairQueue<Waiter>();
  readonly pause = new Pause();
  pace: LearnedPace | undefined;
  /** The endpoint's burst limit, where answers tell it. */
  told: ToldRate | undefined;
  /** Calls up to this one were sent before its last refusal was known. */
  #refusedAt = 0;

  /** Ms until the lane's own limits let a call pass. */
  wait(now: number): number {
    return Math.max(this.pause.wait(now), this.pace?.wait(now) ?? 0, this.told?.wait(now) ?? 0);
  }

  get gates(): readonly (Gate | undefined)[] {
    return [this.pause, this.pace, this.told];
  }

  /**
   * The call of this number was refused for its rate, and all pause for `pauseMs`. `sent` is the number
   * of the last one that began, `served` what went well before.
   */
  refused(
    reason: 'burst' | 'unknown',
    call: { readonly number: number; readonly sent: number },
    served: Served,
    pauseMs: number,
    now: number,
  ): void {
    if (call.number <= this.#refusedAt) return;
    this.#refusedAt = call.sent;
    // What is told needn't be learned.
    if (this.told !== undefined) {
      this.told.refused(now);
      return;
    }
    if (this.pace === undefined) this.pace = new LearnedPace(reason, served, pauseMs, now);
    else this.pace.refused(pauseMs, now);
  }

  isIdle(now: number): boolean {
    if (this.pace?.isOver(now)) this.pace = undefined;
    if (this.told?.isOver(now)) this.told = undefined;
    const isFree = this.pace === undefined && this.told === undefined;
    return this.queue.size === 0 && isFree && this.pause.isOver(now);
  }
}
