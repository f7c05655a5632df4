/** One of several processes of an app: opens its client, and makes calls, as it is told. */
import { createTributary, route } from '@tributary/api';
import { bearer, cloud } from '@tributary/auth-providers';
import { budgetPlugin } from '@tributary/transport/di';
import { stores } from './stores.mjs';

let tributary;
let store;
let page = process.pid * 10_000;

const open = async ({ origin, name, ...options }) => {
  await tributary?.[Symbol.asyncDispose]();
  await store?.close();
  store = await stores[name](options);
  tributary = createTributary({
    site: cloud(origin),
    app: bearer('a-token', { base: 'site' }),
    // It waits out whatever it is told to.
    timeout: false,
    plugins: [budgetPlugin(store.shared === undefined ? {} : { shared: store.shared })],
  });
  return true;
};

const readPage = async () => {
  page += 1;
  const response = await tributary.asApp().requestConfluence(route`/wiki/api/v2/pages/${page}`);
  await response.arrayBuffer();
  return response.status;
};

const call = async (count) => {
  const results = await Promise.allSettled(Array.from({ length: count }, readPage));
  return results.filter(({ value }) => value === 200).length;
};

process.on('message', async ({ id, ...asked }) => {
  const answer = 'open' in asked ? await open(asked.open) : await call(asked.call);
  process.send({ id, answer });
});
process.once('disconnect', async () => {
  await tributary?.[Symbol.asyncDispose]();
  await store?.close();
});
