/** Runs every disposer in order, also after one has failed; the failures are thrown together. */
export const disposeAll = async (
  disposers: Iterable<(() => unknown) | undefined>,
): Promise<void> => {
  const failures: unknown[] = [];
  for (const dispose of disposers) {
    try {
      await dispose?.();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, 'Several parts failed to close.');
};
