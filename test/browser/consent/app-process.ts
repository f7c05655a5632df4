import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AppOptions, openApp } from './app.ts';

/** One instance as a process of its own: told its options by whoever starts it, tells its port. */
process.once('message', (options: AppOptions) => {
  const server = createServer(openApp(options).listener);
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
});
