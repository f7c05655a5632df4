/** What stands in a queue; the links are the queue's own. */
export interface Queued {
  /** Who is served in turn with others. */
  readonly owner: string;
  before?: Queued | undefined;
  after?: Queued | undefined;
}

interface Line {
  size: number;
  first?: Queued | undefined;
  last?: Queued | undefined;
}

/** First come, first served within an owner; the owners take turns. Every step takes constant time. */
export class FairQueue<T extends Queued> {
  // A Map keeps the order in which its keys were set: whose turn it was is set anew, at the end.
  readonly #lines = new Map<string, Line>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** How many of the owner's own are before its next one. */
  ahead(owner: string): number {
    return this.#lines.get(owner)?.size ?? 0;
  }

  push(item: T): void {
    const line = this.#lineOf(item.owner);
    item.before = line.last;
    if (line.last === undefined) line.first = item;
    else line.last.after = item;
    line.last = item;
    line.size += 1;
    this.#size += 1;
  }

  /** For one that has waited its turn already. */
  pushFront(item: T): void {
    const line = this.#lineOf(item.owner);
    item.after = line.first;
    if (line.first === undefined) line.last = item;
    else line.first.before = item;
    line.first = item;
    line.size += 1;
    this.#size += 1;
  }

  shift(): T | undefined {
    for (const [owner, line] of this.#lines) {
      const { first } = line;
      this.#lines.delete(owner);
      if (first === undefined) continue;
      this.#unlink(line, first);
      if (line.first !== undefined) this.#lines.set(owner, line);
      return first as T;
    }
    return undefined;
  }

  remove(item: T): void {
    const line = this.#lines.get(item.owner);
    if (line === undefined) return;
    this.#unlink(line, item);
    if (line.first === undefined) this.#lines.delete(item.owner);
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const { first } of this.#lines.values()) {
      for (let item = first; item !== undefined; ) {
        const { after } = item;
        yield item as T;
        item = after;
      }
    }
  }

  #lineOf(owner: string): Line {
    let line = this.#lines.get(owner);
    if (line === undefined) {
      line = { size: 0 };
      this.#lines.set(owner, line);
    }
    return line;
  }

  #unlink(line: Line, item: Queued): void {
    if (item.before === undefined) line.first = item.after;
    else item.before.after = item.after;
    if (item.after === undefined) line.last = item.before;
    else item.after.before = item.before;
    item.before = undefined;
    item.after = undefined;
    line.size -= 1;
    this.#size -= 1;
  }
}
