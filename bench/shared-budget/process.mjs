/** One of several processes of an app: opens its client, and makes calls, as it is told. */
import { createTributary, route } from '@tributary/api';
import { clientCredentials, cloud } from '@tributary/auth-providers';
import { budgetPlugin } from '@tributary/transport/di';
import { stores } from './stores.mjs';

let tributary;
let store;
let ids;
let page;

const dispose = async () => {
  await tributary?.[Symbol.asyncDispose]();
  await store?.close();
};

const commands = {
  async open({ site, number, name, ...options }) {
    await dispose();
    store = await stores[name](options);
    const { siteUrl, gatewayUrl, authUrl, clientId, clientSecret } = site;
    ({ ids } = site);
    // Each has its own part of the site.
    page = Math.floor((number * ids.length) / 4);
    tributary = createTributary({
      site: cloud(siteUrl, { gateway: gatewayUrl }),
      app: clientCredentials({ clientId, clientSecret, authorizationServer: authUrl }),
      // It waits out whatever it is told to.
      timeout: false,
      plugins: [budgetPlugin(store.shared === undefined ? {} : { shared: store.shared })],
    });
  },
  /** So many calls at once; how many were answered 200. */
  async call(count) {
    const results = await Promise.allSettled(Array.from({ length: count }, readPage));
    return results.filter(({ value }) => value === 200).length;
  },
};

const readPage = async () => {
  page += 1;
  const id = ids[page % ids.length];
  const response = await tributary.asApp().requestConfluence(route`/wiki/api/v2/pages/${id}`);
  await response.arrayBuffer();
  return response.status;
};

process.on('message', async ({ id, command, given }) => {
  process.send({ id, answer: await commands[command](given) });
});
process.once('disconnect', dispose);
