/**
 * Short-lived records of what is under way, such as a consent that was asked for: kept beside the grants
 * and sealed like them, seen by every instance of an app, each taken once.
 */
export interface PendingRecords {
  /** Durable when it resolves; gone `ttlMs` later by the store's own clock. An existing id is replaced. */
  write(id: string, value: string, ttlMs: number): Promise<void>;
  /** Without taking it. `undefined`: never there, taken, deleted or expired. */
  read(id: string): Promise<string | undefined>;
  /** Removes it and returns it; of all takers in all processes exactly one gets it. */
  take(id: string): Promise<string | undefined>;
  delete(id: string): Promise<void>;
}
