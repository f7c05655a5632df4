import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** A port of the sandbox: open, with nobody behind it until `serve`. */
export interface Listener {
  readonly url: string;
  serve(handler: RequestHandler): void;
  close(): Promise<void>;
}

/** Opens a port on 127.0.0.1 only: everything behind it has well-known passwords. */
export async function listen(
  name: string,
  port: number,
  now: () => number = Date.now,
): Promise<Listener> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(name, port, error)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}`,
    serve: (handler) =>
      server.on('request', (request, response) => {
        // Clients correct their clocks by it: it must not contradict the ends of tokens.
        response.setHeader('date', new Date(now()).toUTCString());
        handler(request, response);
      }),
    close: () => shut(server),
  };
}

function explain(name: string, port: number, error: NodeJS.ErrnoException): Error {
  if (error.code !== 'EADDRINUSE') return error;
  return new Error(
    `The ${name} port ${port} is already in use; choose another, or 0 for a free one`,
    {
      cause: error,
    },
  );
}

async function shut(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Kept-alive sockets would hold the process for seconds.
  server.closeAllConnections();
  await closed;
}
