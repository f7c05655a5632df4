/** One process of the app: opens it as often as it is told to, and on a word has its callers call at once. */
import { subscribe } from 'node:diagnostics_channel';
import { call, openApp } from './app.mjs';

subscribe('undici:request:create', ({ request }) => {
  if (request.path === '/oauth/token') process.send({ isRefreshing: true });
});

let tributary;

process.on('message', async ({ open, callers }) => {
  if (open !== undefined) {
    tributary = await openApp(open);
    process.send({ isReady: true });
    return;
  }
  const results = await Promise.all(Array.from({ length: callers }, () => call(tributary)));
  await tributary[Symbol.asyncDispose]();
  process.send({ results });
});
