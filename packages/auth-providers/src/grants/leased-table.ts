/** One row: an encrypted value, and the version that each write raises by one. */
export interface Row {
  /** Above 0. That of a new row lies above every one that its id had before, so that none comes back. */
  readonly version: number;
  readonly value: string;
}

/** What came of asking for a lease. */
export type Acquisition =
  | { readonly isHeld: true }
  /** Somebody else holds it; their lease ends in `remainingMs` by the store's clock, if they don't give it back. */
  | { readonly isHeld: false; readonly remainingMs: number };

/**
 * What a database has to do so that grants can be kept in it and handed to one holder at a time, over
 * all processes. Ids are printable ASCII without wildcards of LIKE and SCAN. Leases run on the
 * database's own clock, and no connection or transaction is held between two calls.
 */
export interface LeasedTable {
  read(id: string): Promise<Row | undefined>;
  /** Writes without a look at what is there. Durable when it resolves. */
  put(id: string, value: string): Promise<void>;
  /**
   * Writes `value`, or removes the row where it is undefined, if the row's version is still `version`
   * (0: there is no row). Durable when it resolves; false when somebody was faster.
   */
  swap(id: string, version: number, value: string | undefined): Promise<boolean>;
  remove(id: string): Promise<void>;
  /** Every id that begins with `prefix`, each once. */
  ids(prefix: string): AsyncIterable<string>;
  /** Takes the lease on `id` if nobody holds it or its holder ran out of time. `holder` is unique to this attempt. */
  acquire(id: string, holder: string, leaseMs: number): Promise<Acquisition>;
  /** Gives the lease back; does nothing when `holder` lost it meanwhile. */
  release(id: string, holder: string): Promise<void>;
  /** What is under way; apart from the rows, and never among `ids`. */
  readonly pending: ExpiringRows;
  close(): Promise<void>;
}

/** Values that end by themselves, on the database's own clock. Ids as in the table. */
export interface ExpiringRows {
  /** Writes or replaces; gone `ttlMs` later. Durable when it resolves. */
  put(id: string, value: string, ttlMs: number): Promise<void>;
  read(id: string): Promise<string | undefined>;
  /** Removes it and returns it, in one step: of all that ask at once one gets it, or none if its answer gets lost. */
  take(id: string): Promise<string | undefined>;
  remove(id: string): Promise<void>;
  /** Removes what has ended. Nothing to do where the database does it. */
  sweep(): Promise<void>;
}
