/** What has to be closed, the latest first; Node 22 has no AsyncDisposableStack yet. */
export interface Cleanup {
  add(step: () => unknown): void;
  /** All of them, also where one fails. @throws the first failure */
  run(): Promise<void>;
}

export const createCleanup = (): Cleanup => {
  const steps: (() => unknown)[] = [];
  return {
    add(step) {
      steps.push(step);
    },
    async run() {
      const failures: unknown[] = [];
      for (const step of steps.splice(0).reverse()) {
        try {
          await step();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
};
