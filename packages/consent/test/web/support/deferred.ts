/** A promise that a test settles. */
export const deferred = <T>(): { readonly promise: Promise<T>; resolve(value: T): void } => {
  let settle: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value) => settle(value) };
};
