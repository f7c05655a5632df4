import type { IncomingMessage, ServerResponse } from 'node:http';
import { runInInvocation } from '@tributary/pipeline/invocation';
import type { ForgeRemote } from './forge-remote.js';
import { InvocationKeysError, InvocationTokenError } from './invocation-token-error.js';

/** What `verifyInvocation` reads of a request of Node's `http`, Express, Fastify (`request.raw`), … */
export const fromNodeRequest = ({
  rawHeaders,
}: Pick<IncomingMessage, 'rawHeaders'>): Pick<Request, 'headers'> => {
  const headers = new Headers();
  // Not `headers`: Node drops all but the first of some names, and a second `authorization` has to show.
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    // HTTP/2 has pseudo-header fields (RFC 9113, section 8.3).
    if (!name.startsWith(':')) headers.append(name, value);
  }
  return { headers };
};

/**
 * A middleware as `http`, Connect and Express have it. With an error in `next` nothing was verified, and the
 * handler must not run; what `next` throws or rejects with, the middleware does.
 */
export type NodeMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => unknown,
) => Promise<void>;

/**
 * Verifies each request and runs what follows in its invocation; answers 401 to what is none, 503 while
 * there are no keys. Put it behind body parsers: some lose the asynchronous context.
 */
export const forgeRemoteMiddleware =
  (remote: ForgeRemote): NodeMiddleware =>
  async (request, response, next) => {
    let invocation: Awaited<ReturnType<ForgeRemote['verifyInvocation']>>;
    try {
      invocation = await remote.verifyInvocation(fromNodeRequest(request));
    } catch (error) {
      if (error instanceof InvocationTokenError || error instanceof InvocationKeysError) {
        refuse(response, error);
      } else {
        next(error);
      }
      return;
    }
    await runInInvocation(invocation, () => next());
  };

/** The code only: what exactly is wrong is for the log, not for whoever is guessing. */
const refuse = (
  response: ServerResponse,
  { status, code }: InvocationTokenError | InvocationKeysError,
): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ code }));
};
