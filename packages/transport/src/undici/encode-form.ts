import { randomUUID } from 'node:crypto';

const ESCAPED: Readonly<Record<string, string>> = { '\r': '%0D', '\n': '%0A', '"': '%22' };

/** WHATWG HTML, "multipart/form-data encoding algorithm". */
const escapeName = (name: string): string =>
  name.replace(/[\r\n"]/g, (character) => ESCAPED[character] ?? character);

const withLineEnds = (value: string): string => value.replace(/\r\n|\r|\n/g, '\r\n');

/**
 * A form as one Blob: its size is known, and its files are read when they are sent. Not fetch's own
 * encoding, which tells no length and is bound to fetch's FormData.
 */
export const encodeForm = (
  form: FormData,
): { readonly blob: Blob; readonly contentType: string } => {
  const boundary = `----tributary-${randomUUID()}`;
  const parts: BlobPart[] = [];
  for (const [name, value] of form) {
    const disposition = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(withLineEnds(name))}"`;
    if (typeof value === 'string') {
      parts.push(`${disposition}\r\n\r\n${withLineEnds(value)}\r\n`);
    } else {
      const type = value.type === '' ? 'application/octet-stream' : value.type;
      parts.push(
        `${disposition}; filename="${escapeName(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`,
        value,
        '\r\n',
      );
    }
  }
  parts.push(`--${boundary}--\r\n`);
  return { blob: new Blob(parts), contentType: `multipart/form-data; boundary=${boundary}` };
};
