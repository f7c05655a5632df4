import type { Server } from 'node:http';

/** At the port of an origin on localhost; 0 for a free one. */
export const listen = (server: Server, origin: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: 'localhost', port: Number(new URL(origin).port) }, () => resolve());
  });

export const stop = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
