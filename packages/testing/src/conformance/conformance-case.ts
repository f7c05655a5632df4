/** One rule, for any test runner: `for (const { name, run } of cases) test(name, run)`. */
export interface ConformanceCase {
  readonly name: string;
  /** Rejects with an AssertionError that says what is wrong. */
  run(): Promise<void>;
}

export type Awaitable<T> = T | Promise<T>;
