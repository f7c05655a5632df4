import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. */
export interface Arrived {
  readonly method: string | undefined;
  /** Path and query, as they stood in the request line. */
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What the next request is answered with. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Recorder extends AsyncDisposable {
  readonly url: string;
  readonly arrived: Arrived[];
  /** Answers the next request so; `{}` is the answer to all others. */
  reply(...replies: Reply[]): void;
  /** The one request that arrived since the last time. */
  only(): Arrived;
}

const read = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** A server on loopback that stands for whatever the sandbox lacks: Jira, GraphQL, a remote. */
export const openRecorder = async (): Promise<Recorder> => {
  const arrived: Arrived[] = [];
  const replies: Reply[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    arrived.push({ method, url, headers, body: await read(request) });
    const { status = 200, headers: sent = {}, body = '{}' } = replies.shift() ?? {};
    response.writeHead(status, { 'content-type': 'application/json', ...sent });
    response.end(status === 204 ? undefined : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    arrived,
    reply: (...next) => replies.push(...next),
    only() {
      const [first, ...more] = arrived.splice(0);
      if (first === undefined || more.length > 0) {
        throw new Error(`${more.length + (first === undefined ? 0 : 1)} requests arrived.`);
      }
      return first;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
