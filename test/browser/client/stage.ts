import { fileURLToPath } from 'node:url';
import type { Sandbox } from '@tributary/sandbox';
import { bundle } from '../support/bundle.js';
import { type Listening, listen } from '../support/listen.js';
import { relay } from '../support/relay.js';

/** A request as it came from the page. */
interface PageRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: string;
}

export interface Stage extends AsyncDisposable {
  /** The page, and the relay at /atlassian. */
  readonly origin: string;
  /** A Data Center site that allows the page's origin. */
  readonly dataCenterUrl: string;
  /** Another origin, which lets every page read what it answers. */
  readonly elsewhere: string;
  readonly strays: PageRequest[];
  /** What reached the relay. */
  readonly relayed: PageRequest[];
  /** What `POST /token` hands out: each once, the last one for ever. */
  readonly tokens: string[];
  readonly bundled: Awaited<ReturnType<typeof bundle>>;
}

const html = `<!doctype html><html lang="en"><title>Pages</title><script type="module" src="/page.js"></script>`;
const entry = fileURLToPath(new URL('./page.ts', import.meta.url));

const CORS = {
  'access-control-allow-methods': 'GET, POST, PUT, DELETE',
  'access-control-allow-headers': 'authorization, content-type, x-asked-by',
};

export const openStage = async (sandbox: Sandbox): Promise<Stage> => {
  const bundled = await bundle(entry);
  const files = new Map(
    bundled.outputFiles.map(({ path, contents }) => [path.split(/[\\/]/).at(-1), contents]),
  );
  const tokens: string[] = [];
  const strays: PageRequest[] = [];
  const relayed: PageRequest[] = [];

  const page = await listen((request, response) => {
    const { url = '/', method = '', headers } = request;
    if (url.startsWith('/atlassian/')) {
      relayed.push({ method, headers });
      relay(request, response, sandbox.gatewayUrl, url.slice('/atlassian'.length));
    } else if (url === '/token' && method === 'POST') {
      const token = tokens.length > 1 ? tokens.shift() : tokens[0];
      response.setHeader('cache-control', 'no-store').end(token);
    } else {
      const file = files.get(url.slice(1));
      response.setHeader('set-cookie', 'session=of-the-app; HttpOnly; SameSite=Lax');
      response.setHeader('content-type', file ? 'text/javascript' : 'text/html');
      response.end(file ?? html);
    }
  });

  const allow = { ...CORS, 'access-control-allow-origin': page.origin };
  const dataCenter = await listen((request, response) => {
    for (const [name, value] of Object.entries(allow)) response.setHeader(name, value);
    if (request.method === 'OPTIONS') response.writeHead(204).end();
    else relay(request, response, sandbox.dataCenter.url, request.url ?? '/');
  });
  const elsewhere = await listen(async (request, response) => {
    const { method = '', headers } = request;
    const chunks = await request.toArray();
    strays.push({ method, headers, body: Buffer.concat(chunks).toString() });
    response
      .writeHead(200, { ...allow, 'content-type': 'application/json' })
      .end('{"from":"elsewhere"}');
  });
  const { pathname } = new URL(sandbox.dataCenter.url);
  const servers: Listening[] = [page, dataCenter, elsewhere];

  return {
    origin: page.origin,
    dataCenterUrl: `${dataCenter.origin}${pathname}`,
    elsewhere: elsewhere.origin,
    strays,
    relayed,
    tokens,
    bundled,
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
};
