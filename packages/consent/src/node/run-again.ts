import { IncomingMessage } from 'node:http';

/** The kept request as if it had come over the connection of the one that resumes it. */
export const toIncoming = async (
  request: Request,
  resuming: IncomingMessage,
): Promise<IncomingMessage> => {
  const message = new IncomingMessage(resuming.socket);
  const { pathname, search } = new URL(request.url);
  message.method = request.method;
  message.url = pathname + search;
  message.httpVersion = resuming.httpVersion;
  message.httpVersionMajor = resuming.httpVersionMajor;
  message.httpVersionMinor = resuming.httpVersionMinor;
  message.headers = Object.fromEntries(request.headers);
  message.headersDistinct = {};
  for (const [name, value] of request.headers) {
    message.headersDistinct[name] = [value];
    message.rawHeaders.push(name, value);
  }
  const body = Buffer.from(await request.arrayBuffer());
  // Otherwise its end is taken for an aborted request.
  message.complete = true;
  if (body.byteLength > 0) message.push(body);
  message.push(null);
  return message;
};
