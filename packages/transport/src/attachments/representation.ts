/** What tells one state of a file from another, as an answer says it (RFC 9110, section 8.8). */
export interface Representation {
  /** Bytes in all; undefined where the answer doesn't say, or compresses them. */
  readonly size: number | undefined;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  /** Whether offsets count the file's own bytes. */
  readonly isPlain: boolean;
}

const wholeNumber = (text: string | null | undefined): number | undefined =>
  text !== null && text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/** `bytes 100-199/200`; the size may be `*`. */
export const readContentRange = (
  value: string | null,
): { readonly start: number; readonly size: number | undefined } | undefined => {
  const [, start, size] = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/i.exec(value ?? '') ?? [];
  const first = wholeNumber(start);
  return first === undefined ? undefined : { start: first, size: wholeNumber(size) };
};

export const readRepresentation = ({ status, headers }: Response): Representation => {
  const encoding = headers.get('content-encoding');
  const isPlain = encoding === null || encoding.trim().toLowerCase() === 'identity';
  const size =
    status === 206
      ? readContentRange(headers.get('content-range'))?.size
      : wholeNumber(headers.get('content-length'));
  return {
    size: isPlain ? size : undefined,
    etag: headers.get('etag') ?? undefined,
    lastModified: headers.get('last-modified') ?? undefined,
    isPlain,
  };
};

/** Whether bytes of both fit together. Without anything that could differ they don't. */
export const isSame = (a: Representation, b: Representation): boolean => {
  if (!a.isPlain || !b.isPlain) return false;
  if (a.size !== undefined && b.size !== undefined && a.size !== b.size) return false;
  if (a.etag !== undefined || b.etag !== undefined) return a.etag === b.etag;
  return a.lastModified !== undefined && a.lastModified === b.lastModified;
};

/** Whether what is left of it can be asked for. */
export const canResume = ({ isPlain, etag, lastModified }: Representation): boolean =>
  isPlain && (etag !== undefined || lastModified !== undefined);

/** Only a strong validator may stand in If-Range (RFC 9110, section 13.1.5). */
export const ifRange = ({ etag }: Representation): Readonly<Record<string, string>> =>
  etag?.startsWith('"') ? { 'if-range': etag } : {};
