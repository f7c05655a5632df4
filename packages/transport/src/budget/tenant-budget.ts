import type { AttemptCall } from '@tributary/pipeline';
import type { LimitRate, Limits } from '../rate-limits/read-limits.js';
import type { AppBudget } from './app-budget.js';
import type { Concurrency } from './concurrency.js';
import { type Gate, Pause } from './gate.js';
import { Lane } from './lane.js';
import { QuotaWindow } from './quota-window.js';
import { ServedMeter } from './served-meter.js';
import { TokenBucket } from './token-bucket.js';
import { ToldRate } from './told-rate.js';
import type { Waiter } from './waiter.js';

/** Endpoints of one site that have a limit of their own, at most; what is over shares one. */
const MOST_LANES = 200;

/** Ms. */
const SETTLE_EVERY = 1000;

/** Everything that is known of one app's budget at one site. */
export class TenantBudget {
  readonly app: AppBudget;
  readonly key: string;
  readonly concurrency: Concurrency;
  readonly meter = new ServedMeter();
  readonly pause = new Pause();
  readonly quota: QuotaWindow;
  /** All endpoints without a limit of their own. */
  readonly main = new Lane();
  /** By method and template: those that were refused for their own rate. */
  readonly lanes = new Map<string, Lane>();
  bucket: TokenBucket | undefined;
  /** Nothing but the number of calls under way holds anybody back: the fast way. */
  isCalm = true;
  stopTimer: (() => void) | undefined;
  /** Refusals without timing since a call went well: each waits twice as long. */
  strikes = 0;
  #waiting = 0;
  #settledAt = Number.NEGATIVE_INFINITY;
  #isMainsTurn = true;
  /** The last call that had begun when an endpoint's rate was first told. */
  #toldSince = 0;

  constructor(app: AppBudget, key: string, concurrency: Concurrency) {
    this.app = app;
    this.key = key;
    this.concurrency = concurrency;
    this.quota = new QuotaWindow('tenant-quota', () => concurrency.underWay);
  }

  get waiting(): number {
    return this.#waiting;
  }

  enter(lane: Lane, waiter: Waiter, isFirst: boolean): void {
    if (isFirst) lane.queue.pushFront(waiter);
    else lane.queue.push(waiter);
    this.#waiting += 1;
    this.app.waiting.add(this);
  }

  /** One has left a queue, whichever way. */
  left(): void {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.app.waiting.delete(this);
  }

  *waiters(): Iterable<readonly [Waiter, Lane]> {
    for (const lane of [this.main, ...this.lanes.values()]) {
      for (const waiter of lane.queue) yield [waiter, lane];
    }
  }

  /** A lane whose next call may begin, or the ms until there is one. */
  nextLane(now: number): Lane | number {
    let least = Number.POSITIVE_INFINITY;
    const isReady = (lane: Lane): boolean => {
      if (lane.queue.size === 0) return false;
      const ms = this.wait(lane, now);
      least = Math.min(least, ms);
      return ms === 0;
    };
    // In turn with the others, or a busy one would starve them.
    if (this.#isMainsTurn && isReady(this.main)) {
      this.#isMainsTurn = this.lanes.size === 0;
      return this.main;
    }
    for (const [name, lane] of this.lanes) {
      if (!isReady(lane)) continue;
      this.lanes.delete(name);
      this.lanes.set(name, lane);
      this.#isMainsTurn = true;
      return lane;
    }
    return isReady(this.main) ? this.main : least;
  }

  laneOf({ method, template }: AttemptCall): Lane {
    if (this.lanes.size === 0) return this.main;
    return this.lanes.get(`${method} ${template}`) ?? this.main;
  }

  /** The endpoint's own lane, from now on. */
  openLane({ method, template }: AttemptCall): Lane {
    const name = `${method} ${template}`;
    let lane = this.lanes.get(name);
    if (lane === undefined) {
      if (this.lanes.size >= MOST_LANES) return this.main;
      lane = new Lane();
      this.lanes.set(name, lane);
    }
    return lane;
  }

  /** Ms until a call of this lane may begin, but for the number of those under way. */
  wait(lane: Lane, now: number): number {
    return Math.max(
      this.app.wait(now),
      this.pause.wait(now),
      this.quota.wait(now),
      this.bucket?.wait(now) ?? 0,
      lane.wait(now),
    );
  }

  /** What holds a call behind `ahead` others back longest, whatever comes of those under way. */
  hold(lane: Lane, ahead: number, now: number): { readonly ms: number; readonly gate: Gate } {
    const { app } = this;
    const gates = [app.pause, app.quota, this.pause, this.quota, this.bucket, ...lane.gates];
    let longest: { readonly ms: number; readonly gate: Gate } = { ms: 0, gate: this.pause };
    for (const gate of gates) {
      const ms = gate?.leastWait(now, ahead) ?? 0;
      if (gate !== undefined && ms > longest.ms) longest = { ms, gate };
    }
    return longest;
  }

  /** The number of the call that has its place among those under way from now on. */
  begin(): number {
    this.app.underWay += 1;
    return this.concurrency.begin();
  }

  /** A call of this lane begins, the one of this number. */
  take(lane: Lane, number: number, now: number): void {
    this.bucket?.take(now);
    lane.pace?.take(now);
    lane.told?.begun(number);
  }

  /** A call of this number has its answer, or none. */
  ended(call: AttemptCall, number: number): void {
    if (this.isCalm) return;
    if (number > this.#toldSince) this.laneOf(call).told?.ended(number);
    else for (const lane of this.lanes.values()) lane.told?.ended(number);
  }

  /** What the answer to `call`, of this number, said of its endpoint's rate. */
  learnRate(call: AttemptCall, rate: LimitRate, number: number, now: number): void {
    const { sent, underWay } = this.concurrency;
    let lane = this.laneOf(call);
    if (lane.told === undefined) {
      if (!ToldRate.isNear(rate, underWay)) return;
      lane = this.openLane(call);
      // Too many endpoints: their shared lane has no rate of its own.
      if (lane === this.main) return;
      lane.told = new ToldRate(sent, underWay);
      this.#toldSince = sent;
      lane.pace = undefined;
      this.isCalm = false;
    }
    lane.told.update(rate, number, now);
  }

  /** A window or a bucket that an answer told. */
  learn({ windows, bucket }: Limits, now: number): void {
    if (windows.length === 0 && bucket === undefined) return;
    for (const window of windows) {
      if (window.scope === 'app') this.app.isCalm = false;
      (window.scope === 'app' ? this.app.quota : this.quota).update(window, now);
    }
    if (bucket !== undefined) {
      this.bucket ??= new TokenBucket();
      this.bucket.update(bucket, this.concurrency.underWay, now);
    }
    this.isCalm = false;
  }

  /** Forgets what is over; looks now and then. */
  settle(now: number): void {
    if (now < this.#settledAt + SETTLE_EVERY) return;
    this.#settledAt = now;
    this.app.settle(now);
    for (const [name, lane] of this.lanes) if (lane.isIdle(now)) this.lanes.delete(name);
    if (this.bucket?.isOver(now)) this.bucket = undefined;
    this.isCalm =
      this.lanes.size === 0 &&
      this.bucket === undefined &&
      this.main.isIdle(now) &&
      this.pause.isOver(now) &&
      this.quota.isOver(now);
  }

  isIdle(now: number): boolean {
    this.#settledAt = Number.NEGATIVE_INFINITY;
    this.settle(now);
    return this.isCalm && this.waiting === 0 && this.concurrency.underWay === 0;
  }
}
