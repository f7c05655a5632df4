import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/** A server that says what no HTTP library would. */
export interface RawServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>/` */
  readonly origin: string;
  readonly opened: number;
}

/** What one connection answers to the n-th request (from 0) of the server; requests have no body. */
export type RawAnswer = (socket: Socket, request: number) => void;

export const startRawServer = async (answer: RawAnswer): Promise<RawServer> => {
  const sockets = new Set<Socket>();
  let opened = 0;
  let requests = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    // What the other side ends, this one ends too.
    socket.on('end', () => socket.end());
    let head = '';
    socket.on('data', (bytes) => {
      head += bytes.toString('latin1');
      while (head.includes('\r\n\r\n')) {
        head = head.slice(head.indexOf('\r\n\r\n') + 4);
        answer(socket, requests);
        requests += 1;
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}/`,
    get opened() {
      return opened;
    },
    [Symbol.asyncDispose]: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};
