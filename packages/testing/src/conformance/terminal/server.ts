import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  /** Names as often as they came, lower-case. */
  readonly names: readonly string[];
  readonly body: Buffer;
}

export type Answer = (request: ReceivedRequest, response: ServerResponse) => void;

/** A server on loopback that remembers what it was asked. */
export interface TestServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>/` */
  readonly origin: string;
  readonly requests: readonly ReceivedRequest[];
  /** How many connections were ever opened. */
  readonly opened: number;
  /** Replaces the answer of all requests from now on. */
  answer(answer: Answer): void;
  /** The same, for an answer that doesn't wait for the request's body. */
  answerAtOnce(answer: (request: IncomingMessage, response: ServerResponse) => void): void;
}

export const read = async (request: IncomingMessage): Promise<ReceivedRequest> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers,
    names: request.rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()),
    body: Buffer.concat(chunks),
  };
};

export const ok: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
};

export const startServer = async (initial: Answer = ok): Promise<TestServer> => {
  let current = initial;
  let atOnce: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  let opened = 0;
  const requests: ReceivedRequest[] = [];
  const server = createServer((incoming, response) => {
    if (atOnce !== undefined) {
      atOnce(incoming, response);
      return;
    }
    read(incoming).then(
      (request) => {
        requests.push(request);
        current(request, response);
      },
      // The client hung up while it was sending.
      () => response.destroy(),
    );
  });
  server.on('connection', () => {
    opened += 1;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}/`,
    requests,
    get opened() {
      return opened;
    },
    answer: (answer) => {
      atOnce = undefined;
      current = answer;
    },
    answerAtOnce: (answer) => {
      atOnce = answer;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** The base of a server that has gone: connections are refused. */
export const closedOrigin = async (): Promise<string> => {
  await using server = await startServer();
  return server.origin;
};
