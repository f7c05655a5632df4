/** Something that was done for a user, or was not. */
export interface Entry {
  readonly at: Date;
  readonly isDone: boolean;
  readonly text: string;
  /** Where to go on. */
  readonly link?: { readonly href: string; readonly words: string };
}

const KEPT = 5;

/** What happened lately, for each of the app's users, newest first; it ends with the process. */
export class Diary {
  readonly #entries = new Map<string, readonly Entry[]>();

  note(userId: string, entry: Omit<Entry, 'at'>): void {
    const entries = [{ ...entry, at: new Date() }, ...this.of(userId)];
    this.#entries.set(userId, entries.slice(0, KEPT));
  }

  of(userId: string): readonly Entry[] {
    return this.#entries.get(userId) ?? [];
  }
}
