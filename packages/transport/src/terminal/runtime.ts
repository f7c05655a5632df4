/**
 * A browser hides redirects (`opaqueredirect`), so there fetch itself has to follow them, and its
 * User-Agent is its own. Node says so in `process.versions`, also under a simulated DOM.
 */
export const isBrowser: boolean =
  globalThis.process?.versions?.node === undefined &&
  (globalThis.navigator?.userAgent ?? '').startsWith('Mozilla/');

/** Not where something else answers to Node's names: undici needs Node's own sockets. */
export const isNode: boolean =
  globalThis.process?.versions?.node !== undefined &&
  globalThis.process.versions.bun === undefined &&
  !('Deno' in globalThis);
