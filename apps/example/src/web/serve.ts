import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nodeListener } from '@tributary/consent/node';
import { ConfigError } from '@tributary/pipeline';
import type { Account } from '../account/account.js';
import { createApp } from './app.js';
import type { Face } from './face.js';

/** A port on loopback that is taken, before anybody answers there: a redirect URI names it. */
export interface Port extends AsyncDisposable {
  readonly origin: string;
  serve(face: Face, account: Account): void;
}

/** @throws ConfigError where the port can't be had */
export const openPort = async (port: number, hostname = 'localhost'): Promise<Port> => {
  const server = createServer();
  await listen(server, port, hostname);
  const { port: taken } = server.address() as AddressInfo;
  return {
    origin: new URL(`http://${hostname}:${taken}`).origin,
    serve(face, account) {
      const app = createApp(face, account);
      server.on(
        'request',
        nodeListener((request) => app.fetch(request), face),
      );
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
};

const listen = async (server: Server, port: number, hostname: string): Promise<void> => {
  server.listen({ port, host: hostname.replace(/^\[|\]$/g, '') });
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'is in use' : `can't be listened on (${code})`;
    throw new ConfigError(
      '--port',
      `${port} ${why}; end what is there, or take another, in TRIBUTARY_REDIRECT_URI too where that is set`,
    );
  }
};
