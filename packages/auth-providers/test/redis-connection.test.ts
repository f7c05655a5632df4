import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ownConnection } from '../src/grants/redis/redis-connection.js';

test('a connection that is thrown away while it is being made ends, whenever that was', async () => {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connection = ownConnection(`redis://127.0.0.1:${port}`);
  await connection.load();
  for (let ticks = 0; ticks < 40; ticks += 1) {
    // Never settles once it is thrown away.
    connection.open().catch(() => {});
    for (let i = 0; i < ticks; i += 1) await null;
    connection.drop();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await expect.poll(() => accepted).toBeGreaterThan(0);
  connection.drop();
  await expect.poll(() => sockets.size).toBe(0);
  server.close();
});
