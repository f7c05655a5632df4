export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Lower-case hex. */
  digest(): string;
}

/**
 * SHA-256 of bytes as they pass. Undefined outside Node, Deno and Bun: a browser's Web Crypto needs them
 * all at once. Not an import, so that no browser bundle has to leave it out.
 */
export const sha256 = (): Hasher | undefined => {
  const crypto = globalThis.process?.getBuiltinModule?.('node:crypto');
  if (crypto === undefined) return undefined;
  const hash = crypto.createHash('sha256');
  return {
    update(bytes) {
      hash.update(bytes);
    },
    digest: () => hash.digest('hex'),
  };
};
