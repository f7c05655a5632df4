/** Tells a value that has to be awaited, so that nothing else is. */
export const isPromise = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> & Promise<T> =>
  typeof value === 'object' && value !== null && 'then' in value;
