/** One process of the app: connects, says that it is ready, and on a word has its callers call at once. */
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { call, openApp } from './app.mjs';

const { app, callers } = JSON.parse(process.argv[2]);

subscribe('undici:request:create', ({ request }) => {
  if (request.path === '/oauth/token') process.send({ isRefreshing: true });
});

const tributary = await openApp(app);
process.send({ isReady: true });
await once(process, 'message');
const results = await Promise.all(Array.from({ length: callers }, () => call(tributary)));
await tributary[Symbol.asyncDispose]();
process.send({ results }, () => process.disconnect());
