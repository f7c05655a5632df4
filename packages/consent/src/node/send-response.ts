import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { discardBody } from '@tributary/pipeline';

/** Writes a fetch Response as Node's; resolves when it is through, or when nobody reads it any more. */
export const sendResponse = async (response: Response, to: ServerResponse): Promise<void> => {
  const { status, statusText, headers, body } = response;
  for (const [name, value] of headers) if (name !== 'set-cookie') to.setHeader(name, value);
  const cookies = headers.getSetCookie();
  // Beside those that a middleware has set.
  if (cookies.length > 0) to.appendHeader('set-cookie', cookies);
  to.statusCode = status;
  if (statusText !== '') to.statusMessage = statusText;
  if (body === null || to.req.method === 'HEAD') {
    await discardBody(response);
    to.end();
    return;
  }
  if (to.destroyed) {
    await discardBody(response);
    return;
  }
  // Ends the source when the reader goes away, and the answer when the source fails.
  await pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), to);
};
