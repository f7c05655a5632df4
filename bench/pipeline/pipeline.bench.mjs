/**
 * Ns of one call through the chain itself, the transport stubbed: with the required slots only, and
 * with every slot filled by pass-through middlewares. The stub alone is what is left without a chain.
 */
import { createPipeline, noRetry, Secret } from '@tributary/pipeline';
import { measure } from 'mitata';
import { median } from '../median.mjs';

const ROUNDS = 7;
const SETTINGS = { min_cpu_time: 100e6, inner_gc: false };
const BUDGET_NS = 3000;
const BASE = 'https://example.atlassian.net/';

const site = { deployment: 'cloud', url: BASE };
const principal = { kind: 'app' };
const provider = { kind: 'bench', endpoint: () => BASE, credential: () => undefined };
const credential = { authorization: new Secret('Bearer bench'), base: BASE };

const resolve = {
  name: 'resolve',
  wrap: (next) =>
    function resolve(call) {
      return next({ ...call, provider, base: BASE });
    },
};

const auth = {
  name: 'auth',
  wrap: (next) =>
    function auth(call) {
      return next({ ...call, credential });
    },
};

const passThrough = (name) => ({
  name,
  wrap: (next) =>
    function passThrough(call) {
      return next(call);
    },
});

const response = new Response('{}');
const answer = Promise.resolve(response);
const transport = { name: 'stub', send: () => answer };
const required = { resolve, retry: noRetry, auth, transport };

const filled = {
  ...required,
  observe: [passThrough('observe-1'), passThrough('observe-2')],
  consent: [passThrough('consent')],
  budget: [passThrough('budget')],
  attempt: [passThrough('attempt-1'), passThrough('attempt-2')],
};

// A call of its own each time, as the facade makes it.
const callOf = (i) => ({
  product: 'confluence',
  site,
  principal,
  path: `/wiki/api/v2/pages/${i & 1023}`,
  template: '/wiki/api/v2/pages/{}',
  method: 'GET',
  headers: { accept: 'application/json' },
  redirect: 'follow',
  options: {},
});

const cases = {
  'stub alone': transport.send,
  'required slots': createPipeline(required).send,
  'all slots, 6 pass-through': createPipeline(filled).send,
};

const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
let i = 0;

// Interleaved, so that a slow moment of the machine hits all of them.
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, send] of Object.entries(cases)) {
    const { p50 } = await measure(async () => {
      i += 1;
      return await send(callOf(i));
    }, SETTINGS);
    times[name].push(p50);
  }
}

let isWithinBudget = true;
for (const [name, rounds] of Object.entries(times)) {
  const ns = median(rounds);
  isWithinBudget &&= ns <= BUDGET_NS;
  const range = `${Math.min(...rounds).toFixed(0)} to ${Math.max(...rounds).toFixed(0)}`;
  console.log(`${name.padEnd(28)} ${ns.toFixed(0).padStart(6)} ns a call   (${range})`);
}
console.log(`budget ${BUDGET_NS} ns a call: ${isWithinBudget ? 'kept' : 'EXCEEDED'}`);
if (!isWithinBudget) process.exitCode = 1;
