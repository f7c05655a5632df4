/**
 * How the cost of a call grows with the calls that wait, the tenants and the middlewares, its transport
 * stubbed; and whether a million calls leave anything behind. Run with --expose-gc.
 */
import { createPipeline, Secret } from '@tributary/pipeline';
import { budget, retry } from '@tributary/transport';
import { median } from '../median.mjs';

const ROUNDS = 7;
const CALLS = 20_000;
const MILLION = 1_000_000;
/** Bytes that a million calls may leave: less than a byte and a half a call. */
const MOST_LEFT = 1.5 * 1024 * 1024;

const site = { deployment: 'cloud', url: 'https://example.atlassian.net/' };
const principal = { kind: 'app' };
const provider = { kind: 'bench', endpoint: () => site.url, credential: () => undefined };

const baseOf = Array.from({ length: 1000 }, (_, i) => `https://tenant-${i}.example/`);
const authorization = new Secret('Bearer bench');
const credentials = new Map(baseOf.map((base) => [base, { authorization, base }]));

const resolve = {
  name: 'resolve',
  wrap: (next) =>
    function resolve(call) {
      return next({ ...call, provider, base: call.site.url });
    },
};

const auth = {
  name: 'auth',
  wrap: (next) =>
    function auth(call) {
      return next({ ...call, credential: credentials.get(call.base) });
    },
};

const passThrough = (name) => ({
  name,
  wrap: (next) =>
    function passThrough(call) {
      return next(call);
    },
});

const sites = baseOf.map((url) => ({ deployment: 'cloud', url }));
const callOf = (i, tenants) => ({
  product: 'confluence',
  site: sites[i % tenants],
  principal,
  path: `/wiki/api/v2/pages/${i & 1023}`,
  template: '/wiki/api/v2/pages/{}',
  method: 'GET',
  headers: { accept: 'application/json' },
  redirect: 'follow',
  options: {},
});

// One for all: what is measured is the chain, not Response.
const response = new Response('{}');
const turn = () => new Promise((done) => setImmediate(done));
const atOnce = { name: 'stub', send: () => Promise.resolve(response) };
const nextTurn = { name: 'stub', send: () => turn().then(() => response) };

const chain = (transport, { middlewares = 0, withBudget = true } = {}) =>
  createPipeline({
    resolve,
    retry: retry(),
    ...(withBudget && { budget: [budget()] }),
    auth,
    observe: Array.from({ length: middlewares }, (_, i) => passThrough(`pass-${i}`)),
    transport,
  }).send;

/** Ns a call, `open` of them begun together until all are answered. */
const nsOf = async (send, { open, tenants = 1, calls = CALLS }) => {
  const rounds = Math.max(1, Math.round(calls / open));
  const started = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) {
    const all = [];
    for (let i = 0; i < open; i += 1) all.push(send(callOf(i, tenants)));
    await Promise.all(all);
  }
  const { user, system } = process.cpuUsage(started);
  return ((user + system) * 1000) / (rounds * open);
};

const without = chain(atOnce, { withBudget: false });
const one = chain(atOnce);
const queued = chain(nextTurn);
const cases = {
  'one at a time, no budget': () => nsOf(without, { open: 1 }),
  'one at a time': () => nsOf(one, { open: 1 }),
};
for (const open of [1, 10, 100, 1000, 10_000]) {
  cases[`${open} open calls, 64 under way`] = () => nsOf(queued, { open });
}
for (const tenants of [1, 10, 100, 1000]) {
  cases[`1000 open calls to ${tenants} tenants`] = () => nsOf(queued, { open: 1000, tenants });
}
for (const middlewares of [0, 10, 20, 30]) {
  const send = chain(atOnce, { middlewares });
  cases[`${middlewares} more middlewares`] = () => nsOf(send, { open: 1 });
}

const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
for (const run of Object.values(cases)) await run();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, run] of Object.entries(cases)) times[name].push(await run());
}

for (const [name, rounds] of Object.entries(times)) {
  const range = `${Math.min(...rounds).toFixed(0)} to ${Math.max(...rounds).toFixed(0)}`;
  console.log(`${name.padEnd(32)} ${median(rounds).toFixed(0).padStart(7)} ns a call   (${range})`);
}

const heapAfter = async (send, calls) => {
  await nsOf(send, { open: 100, tenants: 1000, calls });
  globalThis.gc();
  await turn();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
};

const many = chain(atOnce);
const before = await heapAfter(many, 100_000);
const after = await heapAfter(many, MILLION);
const left = after - before;
const isFlat = left <= MOST_LEFT;
console.log(
  `heap after 100,000 calls ${(before / 1e6).toFixed(2)} MB, after a million more ${(after / 1e6).toFixed(2)} MB: ${isFlat ? 'flat' : 'GROWN'}`,
);
if (!isFlat) process.exitCode = 1;
