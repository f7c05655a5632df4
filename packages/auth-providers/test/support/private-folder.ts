import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of mode 0700 that is removed at the end of the scope. */
export const privateFolder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'tributary-'));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
};
