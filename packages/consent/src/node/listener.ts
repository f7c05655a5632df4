import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConfigError } from '@tributary/pipeline';
import type { ConsentPages, FetchHandler } from '../web/index.js';
import { toRequest, urlOf } from './node-request.js';
import { toIncoming } from './run-again.js';
import { sendResponse } from './send-response.js';

/** Node's request listener, and Express's and Connect's middleware. */
export type NodeListener = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

export interface ConsentListenerOptions {
  /** Told of what was thrown and became a plain 500. Default: a warning of the process. */
  readonly onError?: (error: unknown, message: IncomingMessage) => void;
}

export interface NodeListenerOptions extends ConsentListenerOptions {
  /** The origin that browsers see: `publicUrl`, or the pages themselves, which know it. */
  readonly publicUrl: string | Pick<ConsentPages, 'origin'>;
}

/**
 * Serves a fetch handler with Node's http and with Express. What it throws goes to `next`, where there is
 * one; else the answer is a plain 500, or ends where it had begun.
 * @throws ConfigError naming `publicUrl`
 */
export const nodeListener = (handler: FetchHandler, options: NodeListenerOptions): NodeListener => {
  const origin = readOrigin(options.publicUrl);
  const giveUp = fallBack(options);
  return (message, response, next) => {
    const serve = async (): Promise<void> => {
      if (isUnsupported(message))
        return sendResponse(new Response(null, { status: 501 }), response);
      const gone = whenGone(response);
      await sendResponse(await handler(toRequest(message, origin, gone)), response);
    };
    serve().catch((error: unknown) => giveUp(error, message, response, next));
  };
};

/**
 * The consent pages in front of a Node app: it answers what is theirs, hands all else on, and runs what a
 * person sent through `app` again after the grant. In Express: `app.use(consentListener(pages, app))`.
 */
export const consentListener = (
  pages: ConsentPages,
  app: (request: IncomingMessage, response: ServerResponse) => unknown,
  options: ConsentListenerOptions = {},
): NodeListener => {
  const giveUp = fallBack(options);
  return (message, response, next) => {
    const serve = async (): Promise<void> => {
      if (isUnsupported(message))
        return sendResponse(new Response(null, { status: 501 }), response);
      const request = toRequest(message, pages.origin, whenGone(response));
      const answered = await pages.answer(request);
      if (!('end' in answered)) return sendResponse(answered, response);
      response.once('close', answered.end);
      app(await toIncoming(answered.request, message), response);
    };
    if (pages.owns({ url: urlOf(message, pages.origin) }))
      serve().catch((error: unknown) => giveUp(error, message, response, next));
    else if (next !== undefined) next();
    else app(message, response);
  };
};

/** Methods that fetch's Request refuses (Fetch, "forbidden method"), and nothing here is done by. */
const isUnsupported = ({ method = 'GET' }: IncomingMessage): boolean =>
  /^(?:CONNECT|TRACE|TRACK)$/i.test(method);

const warn = (error: unknown): void =>
  process.emitWarning(error instanceof Error ? error : String(error));

const readOrigin = (value: NodeListenerOptions['publicUrl']): string => {
  const text = typeof value === 'string' ? value : value?.origin;
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && url.href === `${url.origin}/`) return url.origin;
  throw new ConfigError('publicUrl', 'must be an origin, such as https://app.example.com');
};

/** Fires when the reader goes away before the answer is through. */
const whenGone = (response: ServerResponse): AbortSignal => {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished)
      controller.abort(new Error('The client closed the connection.'));
  });
  return controller.signal;
};

const fallBack =
  ({ onError = warn }: ConsentListenerOptions) =>
  (
    error: unknown,
    message: IncomingMessage,
    response: ServerResponse,
    next: ((error?: unknown) => void) | undefined,
  ): void => {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    if (next !== undefined) {
      next(error);
      return;
    }
    // Whoever is told may fail too; the answer is given all the same.
    new Promise((resolve) => resolve(onError(error, message))).catch(warn);
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.writeHead(500, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
    });
    response.end('Internal Server Error');
  };
