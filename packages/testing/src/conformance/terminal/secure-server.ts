import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type ReceivedRequest, read } from './server.js';

/** `http/1.1`, `h2`, or a server that speaks both and lets the client choose. */
export type Offer = 'http/1.1' | 'h2' | 'both';

export type SecureAnswer = (
  request: ReceivedRequest,
  response: ServerResponse,
  incoming: IncomingMessage,
) => void;

export interface SecureServer extends AsyncDisposable {
  /** `https://127.0.0.1:<port>/` */
  readonly origin: string;
  readonly opened: number;
  readonly requests: readonly ReceivedRequest[];
  /** Of each request, `1.1` or `2.0`. */
  readonly versions: readonly string[];
  answer(answer: SecureAnswer): void;
  /** Closes every connection there is: an h2 session by GOAWAY. */
  closeConnections(): void;
}

export const startSecureServer = async (
  offer: Offer,
  options: ServerOptions,
): Promise<SecureServer> => {
  const sockets = new Set<Socket>();
  const sessions = new Set<import('node:http2').ServerHttp2Session>();
  const requests: ReceivedRequest[] = [];
  const versions: string[] = [];
  let opened = 0;
  let current: SecureAnswer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
  };
  const onRequest = (incoming: IncomingMessage, response: ServerResponse): void => {
    versions.push(incoming.httpVersion);
    read(incoming).then(
      (request) => {
        requests.push(request);
        current(request, response, incoming);
      },
      () => response.destroy(),
    );
  };
  const server =
    offer === 'http/1.1'
      ? createHttpsServer(options, onRequest)
      : createSecureServer(
          { ...options, allowHTTP1: offer === 'both' },
          // The compatibility layer has the same methods.
          onRequest as unknown as Parameters<typeof createSecureServer>[1],
        ).on('session', (session) => {
          sessions.add(session);
          session.on('error', () => {});
          session.on('close', () => sessions.delete(session));
        });
  server.on('secureConnection', (socket: Socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    get opened() {
      return opened;
    },
    requests,
    versions,
    answer: (answer) => {
      current = answer;
    },
    closeConnections() {
      for (const session of sessions) session.close();
      if (sessions.size === 0) for (const socket of sockets) socket.end();
    },
    [Symbol.asyncDispose]: () => {
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};
