import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AppOptions, openApp } from './app.ts';

/** One instance of each app as a process of its own: told their options by whoever starts it, tells their ports. */
process.once('message', async (apps: readonly AppOptions[]) => {
  const ports: number[] = [];
  for (const options of apps) {
    const server = createServer(openApp(options).listener);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    ports.push((server.address() as AddressInfo).port);
  }
  process.send?.(ports);
});
