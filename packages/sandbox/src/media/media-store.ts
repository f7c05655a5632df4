import { createHash, randomBytes } from 'node:crypto';

export interface MediaFile {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly etag: string;
}

/** The bytes of attachments, and the tokens that let anybody who holds one read a file for a while. */
export class MediaStore {
  readonly #files = new Map<string, MediaFile>();
  readonly #tokens = new Map<string, { readonly id: string; readonly end: number }>();
  readonly #now: () => number;

  /** @param url where the files are read, without credential */
  constructor(
    readonly url: string,
    now: () => number,
  ) {
    this.#now = now;
  }

  put(bytes: Uint8Array, type: string): string {
    const hash = createHash('sha256').update(bytes).digest('hex');
    const id = `${hash.slice(0, 32)}-${this.#files.size + 1}`;
    this.#files.set(id, { bytes, type, etag: `"${hash}"` });
    return id;
  }

  /** A URL that is good for ten minutes. */
  link(id: string): string {
    const token = randomBytes(24).toString('base64url');
    this.#tokens.set(token, { id, end: this.#now() + 600_000 });
    return `${this.url}/file/${id}/binary?${new URLSearchParams({ token, 'max-age': '600' })}`;
  }

  find(id: string, token: string | undefined): MediaFile | 'refused' | undefined {
    const known = token === undefined ? undefined : this.#tokens.get(token);
    if (known === undefined || known.id !== id || known.end < this.#now()) return 'refused';
    return this.#files.get(id);
  }
}
