/** Under which a guard keeps the fetch that it stands before; the transport of our own calls looks for it too. */
export const UNGUARDED: unique symbol = Symbol.for('@tributary/unguarded-fetch') as never;

type Guarded = typeof globalThis.fetch & { readonly [UNGUARDED]?: typeof globalThis.fetch };

/** The runtime's own, looked up per call, since test tools replace the global one. */
export const unguardedFetch: typeof globalThis.fetch = (...call) => {
  const fetch: Guarded = globalThis.fetch;
  return (fetch[UNGUARDED] ?? fetch)(...call);
};
