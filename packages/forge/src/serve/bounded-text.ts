/** Forge: "Platform quotas and limits", the size of a function's payload. */
const CAP = 500 * 1024;

/** A request's whole body as text; undefined where it is larger than a function's payload may be. */
export const readText = async (request: Request): Promise<string | undefined> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (size > CAP) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

export const tooLarge = (): Response =>
  new Response('A payload may have 500 KiB.\n', { status: 413, headers: { connection: 'close' } });
