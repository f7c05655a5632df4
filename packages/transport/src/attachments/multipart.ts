import { RequestError } from '@tributary/pipeline';

export interface FormField {
  readonly name: string;
  readonly value: string;
}

export interface FormFile {
  readonly name: string;
  readonly filename: string;
  readonly type: string;
}

/** What stands around the bytes of a form's only file. */
export interface Envelope {
  /** With the boundary. */
  readonly contentType: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** HTML, "multipart/form-data encoding algorithm": only what would end the name early is escaped. */
const escapeName = (name: string): string =>
  name.replaceAll('\r\n', '%0D%0A').replace(/[\r\n"]/g, (c) => ESCAPES[c] ?? c);
const ESCAPES: Readonly<Record<string, string>> = { '\r': '%0D', '\n': '%0A', '"': '%22' };

/** RFC 9110, section 8.3.1. */
const MEDIA_TYPE =
  /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;\s*[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[^"\\\r\n]*"))*$/;

/**
 * A form with fields and one file, its bytes left out: they are streamed between the two halves. The
 * boundary is random, so that no content can hold it.
 * @throws RequestError for a media type that is none
 */
export const envelopeOf = (fields: readonly FormField[], file: FormFile): Envelope => {
  if (!MEDIA_TYPE.test(file.type)) {
    throw new RequestError('contentType', 'must be a media type such as image/png');
  }
  const boundary = `tributary-${crypto.randomUUID()}`;
  const encoder = new TextEncoder();
  // The charset is asked for by the endpoint's documentation.
  const parts = fields.map(
    ({ name, value }) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"\r\n` +
      `Content-Type: text/plain; charset=utf-8\r\n\r\n${value}\r\n`,
  );
  const head =
    `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(file.name)}"; ` +
    `filename="${escapeName(file.filename)}"\r\nContent-Type: ${file.type}\r\n\r\n`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    before: encoder.encode(parts.join('') + head),
    after: encoder.encode(`\r\n--${boundary}--\r\n`),
  };
};
