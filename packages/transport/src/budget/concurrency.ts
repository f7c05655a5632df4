/** Calls under way at a time: one more after each round of calls that went well, half on a refusal. */
export class Concurrency {
  #limit: number;
  readonly #most: number;
  #underWay = 0;
  #sent = 0;
  #credit = 0;
  /** Calls up to this one were sent before the last refusal was known. */
  #halvedAt = 0;

  constructor(initial: number, most: number) {
    this.#limit = initial;
    this.#most = most;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** The number of the last call that began. */
  get sent(): number {
    return this.#sent;
  }

  get hasRoom(): boolean {
    return this.#underWay < this.#limit;
  }

  /** The number of the call that begins, to be handed back when it is refused. */
  begin(): number {
    this.#underWay += 1;
    this.#sent += 1;
    return this.#sent;
  }

  end(): void {
    this.#underWay -= 1;
  }

  /** Ends a call that went well. */
  endWell(): void {
    const wasFull = this.#underWay >= this.#limit;
    this.#underWay -= 1;
    // A limit that nobody reaches says nothing of what the server bears.
    if (!wasFull || this.#limit >= this.#most) return;
    this.#credit += 1;
    if (this.#credit < this.#limit) return;
    this.#credit = 0;
    this.#limit += 1;
  }

  /** Ends a call that was refused. Those that were under way together count as one. */
  endRefused(number: number): void {
    this.#underWay -= 1;
    if (number <= this.#halvedAt) return;
    this.#halvedAt = this.#sent;
    this.#credit = 0;
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
  }
}
