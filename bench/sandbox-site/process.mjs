/** A sandbox with limits, in a process of its own, so that what it costs is not the client's. */
import { startSandbox } from '@tributary/sandbox';

/** Ms that its clock runs ahead. */
let ahead = 0;
const now = () => Date.now() + ahead;

const open = async ({ pages, latencyMs, ...limits }) => {
  const sandbox = await startSandbox({
    pages: 200 + pages,
    now,
    limits: { cloud: limits },
    accessTokenTtl: 86_400,
  });
  // A network's way there and back, for every product call.
  sandbox.failNext({ times: Number.MAX_SAFE_INTEGER, delayMs: latencyMs });
  return sandbox;
};

/** Ids of the archive, whose pages the service account may read. An API token costs no points. */
const listPages = async ({ siteUrl, people: { admin } }) => {
  const pair = Buffer.from(`${admin.email}:${admin.apiToken}`).toString('base64');
  const read = async (path) =>
    (await fetch(siteUrl + path, { headers: { authorization: `Basic ${pair}` } })).json();
  const [{ id }] = (await read('/wiki/api/v2/spaces?keys=ARCH')).results;
  const ids = [];
  for (let next = `/wiki/api/v2/spaces/${id}/pages?limit=250`; next !== undefined; ) {
    const { results, _links } = await read(next);
    ids.push(...results.map((page) => page.id));
    next = _links.next;
  }
  return ids;
};

const accessToken = async ({ authUrl, serviceAccount: { clientId, clientSecret } }) => {
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  };
  const body = new URLSearchParams(form);
  const response = await fetch(`${authUrl}/oauth/token`, { method: 'POST', body });
  return (await response.json()).access_token;
};

/** Product calls of this run; the sandbox's own journal keeps the latest 50,000 of them. */
const journal = { calls: [] };
let sandbox;
const collect = () => {
  journal.calls.push(...sandbox.requests.filter(({ listener }) => listener === 'gateway'));
  sandbox.clearJournal();
};

const commands = {
  async open(options) {
    sandbox = await open(options);
    const { siteUrl, gatewayUrl, authUrl, cloudId, serviceAccount } = sandbox;
    const ids = await listPages(sandbox);
    setInterval(collect, 200).unref();
    const { clientId, clientSecret } = serviceAccount;
    const urls = { siteUrl, gatewayUrl, authUrl, cloudId };
    return { ...urls, clientId, clientSecret, ids, token: await accessToken(sandbox) };
  },
  /** Nothing is spent any more: the clock is moved to the next window, a second from here at least. */
  begin(windowMs) {
    const next = (Math.floor((now() + 1000) / windowMs) + 1) * windowMs;
    ahead += next - now();
    collect();
    journal.calls = [];
  },
  report() {
    collect();
    const { calls } = journal;
    const refusedBy = (limit) => calls.filter((call) => call.refusedBy === limit).length;
    const good = calls.filter(({ status }) => status === 200);
    return {
      requests: calls.length,
      answered: good.length,
      burst: refusedBy('burst'),
      quota: refusedBy('quota'),
      pages: new Set(good.map(({ path }) => path)).size,
    };
  },
};

process.on('message', async ({ id, command, given }) => {
  process.send({ id, answer: await commands[command](given) });
});
process.once('disconnect', () => sandbox?.close());
