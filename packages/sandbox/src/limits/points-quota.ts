/** Points of one app, all given back where a window ends: at the multiples of its length. Times are epoch ms. */
export class PointsQuota {
  readonly #points: number;
  readonly #windowMs: number;
  #window: number;
  #spent = 0;

  constructor(points: number, windowMs: number, now: number) {
    this.#points = points;
    this.#windowMs = windowMs;
    this.#window = Math.floor(now / windowMs);
  }

  /** Spends `cost`, unless less than that is left. @returns what corrects it once the cost is known */
  take(cost: number, now: number): ((actual: number) => void) | undefined {
    if (this.remaining(now) < cost) return undefined;
    const window = this.#window;
    this.#spent += cost;
    return (actual) => {
      if (window === this.#window) this.#spent += actual - cost;
    };
  }

  /** A list may cost more than was left: 0 then. */
  remaining(now: number): number {
    this.#roll(now);
    return Math.max(0, this.#points - this.#spent);
  }

  /** Ms to the window's end. */
  msLeft(now: number): number {
    this.#roll(now);
    return (this.#window + 1) * this.#windowMs - now;
  }

  #roll(now: number): void {
    const window = Math.floor(now / this.#windowMs);
    if (window <= this.#window) return;
    this.#window = window;
    this.#spent = 0;
  }
}
