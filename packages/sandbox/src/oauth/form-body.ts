import { IncomingMessage } from 'node:http';

const largest = 56 * 1024;

/** A request body as text; undefined when it is too large to be meant well. */
export async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

export const isJson = (request: IncomingMessage): boolean =>
  request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() === 'application/json';

/** A JSON object of strings as a form; undefined for everything else. */
export function jsonToForm(text: string): string | undefined {
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
    if (entries.some(([, value]) => typeof value !== 'string')) return undefined;
    return new URLSearchParams(entries as [string, string][]).toString();
  } catch {
    return undefined;
  }
}

/** The same request with a form body: Atlassian documents JSON, the library reads forms. */
export function withFormBody(request: IncomingMessage, form: string): IncomingMessage {
  const copy = new IncomingMessage(request.socket);
  copy.method = request.method ?? 'POST';
  copy.url = request.url ?? '/';
  copy.httpVersion = request.httpVersion;
  copy.headers = {
    ...request.headers,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(form)),
  };
  delete copy.headers['transfer-encoding'];
  // Otherwise its end is taken for an aborted request, and the socket closed.
  copy.complete = true;
  copy.push(form);
  copy.push(null);
  return copy;
}
