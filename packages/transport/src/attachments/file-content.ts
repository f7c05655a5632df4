import { RequestError } from '@tributary/pipeline';

/** What is read of a file on disk, and nothing of Node before it is. */
export interface FileContent {
  readonly name: string;
  readonly size: number;
  /** Reads into the buffers that it is given, one for each chunk. */
  read(buffer: () => Uint8Array): AsyncIterable<Uint8Array>;
}

const nodeModules = () => {
  const load = globalThis.process?.getBuiltinModule;
  if (load === undefined) {
    throw new RequestError('file', 'needs Node; in a browser give the File as `blob`');
  }
  return { fs: load('node:fs/promises'), path: load('node:path'), url: load('node:url') };
};

/**
 * A file on disk, read in pieces each time that it is sent.
 * @throws RequestError where it is no readable file, or is changed while it is read
 */
export const openFile = async (file: string | URL): Promise<FileContent> => {
  const { fs, path, url } = nodeModules();
  const place = typeof file === 'string' ? file : url.fileURLToPath(file);
  const stat = await fs.stat(place).catch((cause: unknown) => {
    const error = new RequestError('file', 'can not be read; look whether it exists');
    error.cause = cause;
    throw error;
  });
  if (!stat.isFile()) throw new RequestError('file', 'is no file');
  const { size } = stat;

  async function* read(buffer: () => Uint8Array): AsyncGenerator<Uint8Array> {
    const handle = await fs.open(place);
    try {
      for (let left = size; left > 0; ) {
        const chunk = buffer();
        const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, left));
        // It was truncated: whoever counts the bytes says so.
        if (bytesRead === 0) return;
        left -= bytesRead;
        yield chunk.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }

  return { name: path.basename(place), size, read };
};
