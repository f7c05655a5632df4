import { once } from 'node:events';
import {
  Agent,
  createServer,
  request as forward,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import {
  type AttemptCall,
  type AuthenticatedCall,
  type Call,
  createPipeline,
  type Middleware,
  type ResolvedCall,
  systemClock,
  type Terminal,
  TributaryError,
} from '@tributary/pipeline';

export interface FaultRunOptions {
  readonly retry: Middleware<ResolvedCall, AttemptCall>;
  readonly budget: Middleware<AttemptCall>;
  readonly transport: Terminal;
  readonly calls: number;
  readonly seed: number;
  /** Calls that their callers have open at a time. */
  readonly open: number;
}

export interface FaultReport {
  readonly answered: number;
  /** By code, or by the name of what the body's reader threw. */
  readonly failed: Readonly<Record<string, number>>;
  /** What must not be; each a sentence. */
  readonly wrong: readonly string[];
  /** How often each fault was done. */
  readonly faults: Readonly<Record<string, number>>;
  /** Connections to the proxy: the most at a time, and after all was disposed of. */
  readonly sockets: { readonly most: number; readonly left: number };
}

/** What the proxy does to one request; per mille, the rest goes through. */
const FAULTS = {
  // Not carried out.
  'cut before': 20,
  'cut while sent': 10,
  'busy 503': 20,
  'limited 429': 10,
  // Carried out.
  'cut after': 20,
  'cut in headers': 20,
  'cut in body': 20,
  'gateway 502': 15,
  'gateway 504': 15,
  'corrupt body': 20,
  'corrupt framing': 10,
  delayed: 50,
  'closed after': 30,
} as const;

type Fault = keyof typeof FAULTS | 'none';

/** From 0 to 1, the same for the same words: so that a run can be repeated whatever overtakes what. */
const chance = (words: string): number => {
  let hash = 2_166_136_261;
  for (let i = 0; i < words.length; i += 1) {
    hash = Math.imul(hash ^ words.charCodeAt(i), 16_777_619);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_507);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
};

const faultOf = (words: string): Fault => {
  let left = chance(words) * 1000;
  for (const [fault, share] of Object.entries(FAULTS)) {
    left -= share;
    if (left < 0) return fault as Fault;
  }
  return 'none';
};

const listen = async (server: Server): Promise<number> => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
};

const readAll = async (stream: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const payloadOf = (id: string): string => `${id}:`.repeat(40 + Math.floor(chance(id) * 400));

/** Carries out each request that arrives whole, and notes it. */
const startOrigin = async () => {
  const executed = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const id = String(request.headers['x-call']);
    const body = (await readAll(request)).toString();
    executed.set(id, (executed.get(id) ?? 0) + 1);
    // Compressed, so that its checksum tells what was corrupted on the way.
    const text = JSON.stringify({
      id,
      method: request.method,
      sent: body.length,
      text: payloadOf(id),
    });
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    response.writeHead(200, headers).end(gzipSync(text));
  });
  return { server, executed, port: await listen(server) };
};

const flip = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0x55;
  return copy;
};

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n';

/** Hands a request's answer on, or what the fault leaves of it. */
const spoil = (fault: Fault, body: Buffer, socket: Socket, response: ServerResponse): void => {
  const middle = Math.floor(body.length / 2);
  switch (fault) {
    case 'cut after':
      socket.destroy();
      return;
    case 'cut in headers':
      socket.write(HEAD, () => socket.destroy());
      return;
    case 'cut in body':
      socket.write(`${HEAD}content-length: ${body.length}\r\n\r\n`);
      socket.write(body.subarray(0, middle), () => socket.destroy());
      return;
    case 'corrupt framing':
      socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n`);
      socket.write(body, () => socket.destroy());
      return;
    case 'gateway 502':
    case 'gateway 504':
      response.writeHead(Number(fault.slice(-3))).end('a gateway gave up');
      return;
    default: {
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
      // Not its header, whose flags and times mean nothing to a reader.
      const sent = fault === 'corrupt body' ? flip(body, middle) : body;
      response.writeHead(200, headers).end(sent, () => {
        if (fault === 'closed after') socket.destroySoon();
      });
    }
  }
};

const startProxy = async (origin: number, seed: number) => {
  const faults: Record<string, number> = {};
  const attempts = new Map<string, number>();
  const sockets = new Set<Socket>();
  let most = 0;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });

  const pass = (request: IncomingMessage): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const { method, url, headers } = request;
      const onward = forward({ port: origin, method, path: url, headers, agent }, (answer) => {
        readAll(answer).then(resolve, reject);
      });
      onward.on('error', reject);
      request.pipe(onward);
    });

  const server = createServer((request, response) => {
    const id = String(request.headers['x-call']);
    const attempt = (attempts.get(id) ?? 0) + 1;
    attempts.set(id, attempt);
    const fault = faultOf(`${seed} ${id} ${attempt}`);
    faults[fault] = (faults[fault] ?? 0) + 1;
    const { socket } = request;
    request.on('error', () => {});
    if (fault === 'cut before') {
      socket.destroy();
    } else if (fault === 'cut while sent') {
      // Without a body there is nothing to wait for.
      if (request.headers['content-length'] === undefined) socket.destroy();
      else request.once('data', () => socket.destroy());
    } else if (fault === 'busy 503' || fault === 'limited 429') {
      request.resume();
      const status = Number(fault.slice(-3));
      // A quota, since a rate would be learned from refusals that come by chance.
      const headers = { 'retry-after': '0.01', 'ratelimit-reason': 'quota-tenant-based' };
      response.writeHead(status, headers).end('not now');
    } else {
      const wait = fault === 'delayed' ? 20 + chance(`wait ${id}`) * 40 : 0;
      pass(request).then(
        (body) => setTimeout(() => spoil(fault, body, socket, response), wait),
        () => socket.destroy(),
      );
    }
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    most = Math.max(most, sockets.size);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  const port = await listen(server);
  return { server, agent, faults, sockets, port, most: () => most };
};

const METHODS = ['GET', 'GET', 'GET', 'GET', 'PUT', 'POST'] as const;

/** Makes all calls through a proxy that does what networks do, and tells what came of them. */
export const faultRun = async (options: FaultRunOptions): Promise<FaultReport> => {
  const { calls, seed, open, retry, budget, transport } = options;
  const origin = await startOrigin();
  const proxy = await startProxy(origin.port, seed);
  const base = `http://127.0.0.1:${proxy.port}/`;

  const provider = { kind: 'faults', endpoint: () => base, credential: () => undefined };
  const resolve: Middleware<Call, ResolvedCall> = {
    name: 'resolve',
    wrap: (next) => (call) => next({ ...call, provider, base }),
  };
  const auth: Middleware<AttemptCall, AuthenticatedCall> = {
    name: 'auth',
    wrap: (next) => (call) => next({ ...call, credential: undefined }),
  };
  const pipeline = createPipeline({ resolve, retry, budget: [budget], auth, transport });

  let answered = 0;
  const failed: Record<string, number> = {};
  const wrong: string[] = [];

  const one = async (index: number): Promise<void> => {
    const id = `${seed}-${index}`;
    const method = METHODS[Math.floor(chance(`method ${id}`) * METHODS.length)] ?? 'GET';
    const body = method === 'GET' ? undefined : `body of ${id} `.repeat(1 + (index % 400));
    const times = () => origin.executed.get(id) ?? 0;
    try {
      const response = await pipeline.send({
        product: 'confluence',
        site: { deployment: 'cloud', url: base },
        principal: { kind: 'app' },
        path: `/wiki/api/v2/pages/${index}`,
        template: '/wiki/api/v2/pages/{}',
        method,
        headers: { 'x-call': id },
        ...(body !== undefined && { body }),
        redirect: 'follow',
        options: {},
        deadline: systemClock.monotonic() + 30_000,
      });
      const { status } = response;
      if (status !== 200) {
        await response.body?.cancel();
        failed[status] = (failed[status] ?? 0) + 1;
      } else {
        const answer = (await response.json()) as Record<string, unknown>;
        answered += 1;
        const expected = { id, method, sent: body?.length ?? 0, text: payloadOf(id) };
        if (JSON.stringify(answer) !== JSON.stringify(expected))
          wrong.push(`${id}: another answer`);
        if (times() === 0) wrong.push(`${id}: an answer to what was not carried out`);
      }
    } catch (error) {
      const name = error instanceof TributaryError ? error.code : (error as Error).name;
      failed[name] = (failed[name] ?? 0) + 1;
      if (error instanceof TributaryError && error.sent === 'no' && times() > 0) {
        wrong.push(`${id}: said to be not sent, and carried out`);
      }
    }
    if (method === 'POST' && times() > 1) wrong.push(`${id}: a POST carried out ${times()} times`);
  };

  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < calls) {
      next += 1;
      await one(next);
    }
  };
  await Promise.all(Array.from({ length: open }, caller));

  await pipeline[Symbol.asyncDispose]();
  const patience = performance.now() + 20_000;
  while (proxy.sockets.size > 0 && performance.now() < patience) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const sockets = { most: proxy.most(), left: proxy.sockets.size };
  proxy.agent.destroy();
  for (const { server } of [proxy, origin]) {
    server.closeAllConnections();
    server.close();
  }
  return { answered, failed, wrong, faults: proxy.faults, sockets };
};

/** The faults that a run has to have met, to have tested anything. */
export const ALL_FAULTS: readonly string[] = Object.keys(FAULTS);
