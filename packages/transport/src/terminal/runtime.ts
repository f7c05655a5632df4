/**
 * A browser hides redirects (`opaqueredirect`), so there fetch itself has to follow them, and its
 * User-Agent is its own. Node says so in `process.versions`, also under a simulated DOM.
 */
export const isBrowser: boolean =
  globalThis.process?.versions?.node === undefined &&
  (globalThis.navigator?.userAgent ?? '').startsWith('Mozilla/');
