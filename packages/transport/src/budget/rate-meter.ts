/** How many in the last second, without keeping each of them. */
export class RateMeter {
  #start = 0;
  #current = 0;
  #previous = 0;

  note(now: number): void {
    this.#turn(now);
    this.#current += 1;
  }

  perSecond(now: number): number {
    this.#turn(now);
    return this.#current + this.#previous * Math.max(0, 1 - (now - this.#start) / 1000);
  }

  #turn(now: number): void {
    const elapsed = now - this.#start;
    if (elapsed < 1000) return;
    this.#previous = elapsed < 2000 ? this.#current : 0;
    this.#current = 0;
    this.#start = elapsed < 2000 ? this.#start + 1000 : now;
  }
}
