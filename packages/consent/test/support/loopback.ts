import { request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

export interface KnockOptions {
  readonly host?: string;
  readonly port: number;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

/** One request whose every part can be wrong, which fetch would not allow. */
export const knock = ({ host = '127.0.0.1', ...options }: KnockOptions): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request({ host, agent: false, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });

/** Somebody else on a port; 0 for a free one. */
export const occupy = (host: string, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port }, () => resolve(server));
  });

export const release = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

export const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** A port that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = await occupy('127.0.0.1', 0);
  const port = portOf(server);
  await release(server);
  return port;
};

export const isFree = async (host: string, port: number): Promise<boolean> => {
  try {
    await release(await occupy(host, port));
    return true;
  } catch {
    return false;
  }
};

export const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);
