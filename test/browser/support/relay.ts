import { type IncomingMessage, request, type ServerResponse } from 'node:http';

/** All that Confluence needs to hear of a page's request: no cookies, and nothing that says browser. */
const HANDED_ON = ['authorization', 'accept', 'content-type', 'x-atlassian-token', 'x-asked-by'];

/** Hands a request on to `base`, as an app's server does for its page, and the answer back as it is. */
export const relay = (
  incoming: IncomingMessage,
  response: ServerResponse,
  base: string,
  path: string,
): void => {
  const headers: Record<string, string | string[]> = { 'user-agent': 'stale-pages-relay/1.0' };
  for (const name of HANDED_ON) {
    const value = incoming.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  const { method } = incoming;
  const onward = request(new URL(path, base), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  incoming.pipe(onward);
};
