import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

const close = (server: Server, sockets: Iterable<Duplex>): Promise<void> => {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
};

/** An https server on loopback that answers with what it was asked. */
export const serveHttps = async (options: ServerOptions) => {
  const requests: string[] = [];
  const sockets = new Set<Duplex>();
  const server = createHttpsServer(options, (request, response) => {
    requests.push(`${request.method} ${request.headers.host}${request.url}`);
    if (request.url?.endsWith('/away')) {
      response.writeHead(302, { location: String(request.headers['x-location']) }).end();
    } else response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
  });
  server.on('connection', (socket) => sockets.add(socket));
  const port = await listen(server);
  return { port, requests, [Symbol.asyncDispose]: () => close(server, sockets) };
};

/** A forward proxy: every CONNECT ends at `port`, whatever host it names. */
export const serveProxy = async (
  port: number,
  { password }: { readonly password?: string } = {},
) => {
  const asked: string[] = [];
  const sockets = new Set<Duplex>();
  let refusal: number | undefined;
  const server = createHttpServer((_request, response) => response.writeHead(500).end());
  server.on('connect', (request, socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    asked.push(request.url ?? '');
    const wanted = password && `Basic ${Buffer.from(`user:${password}`).toString('base64')}`;
    const status =
      wanted && request.headers['proxy-authorization'] !== wanted ? 407 : (refusal ?? 200);
    socket.write(`HTTP/1.1 ${status} Said\r\n\r\n`);
    if (status !== 200) {
      socket.end();
      return;
    }
    const onward = connect(port, '127.0.0.1');
    sockets.add(onward);
    onward.on('error', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  return {
    port: await listen(server),
    asked,
    refuse: (status: number) => {
      refusal = status;
    },
    [Symbol.asyncDispose]: () => close(server, sockets),
  };
};
