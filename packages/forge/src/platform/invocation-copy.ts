import type { Invocation } from '@tributary/pipeline';

/** The same invocation, seen otherwise. Notes are the original's: its boundary has to know them. */
export const invocationCopy = (
  invocation: Invocation,
  changes: Partial<Pick<Invocation, 'site' | 'surface'>>,
): Invocation =>
  Object.freeze(Object.assign(Object.create(null) as Invocation, invocation, changes));
