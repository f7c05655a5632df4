/**
 * Four processes of one app at one site, over what each store shares between them:
 *
 * - `rate`: all begin at once. How much of the site's burst limit do they use together, and how many
 *   requests does it refuse?
 * - `quota`: one spends the quota, as its answers tell; then the others begin. How many of them have to be
 *   refused to find out?
 *
 * Arguments choose stores; `--json` prints a line for each run, `--quick` makes fewer calls.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { forkModule } from '../forked.mjs';
import { openSite } from '../sandbox-site/open-site.mjs';
import { printHead, printRow } from '../table.mjs';
import { forget, stores } from './stores.mjs';

const words = process.argv.slice(2);
const isJson = words.includes('--json');
const chosen = Object.keys(stores).filter((name) => words.includes(name));
const names = chosen.length > 0 ? chosen : Object.keys(stores);
const CALLS = words.includes('--quick') ? 40 : 250;
const PROCESSES = 4;
/** Requests a second that the site bears, and what the processes agree on: a network needs some room. */
const BURST = 100;
const REQUESTS = 90;
/** Of all requests. */
const MOST_REFUSED = 0.01;

const RATE = { pages: 1000, latencyMs: 10, burst: { perSecond: BURST } };
/** A page costs 2 points. */
const PAGES_OF_QUOTA = 200;
const QUOTA = {
  pages: 500,
  latencyMs: 5,
  quota: { points: 2 * PAGES_OF_QUOTA, windowMs: 2500, resolutionMs: 1 },
};

const processes = Array.from({ length: PROCESSES }, () => {
  const { ask, end } = forkModule(new URL('./process.mjs', import.meta.url));
  return { open: (options) => ask('open', options), call: (count) => ask('call', count), end };
});

/** Runs one scenario at a site and a budget that nobody has used before. */
const run = async (name, limits, options, scenario) => {
  const id = randomUUID().replaceAll('-', '');
  const site = await openSite(limits);
  try {
    await Promise.all(
      processes.map((one, number) => one.open({ site, number, name, run: id, ...options })),
    );
    return { store: name, ...(await scenario(site)) };
  } finally {
    await forget(name, id);
    await site.close();
  }
};

const rate = async (site) => {
  await site.begin();
  const began = performance.now();
  const answered = await Promise.all(processes.map((one) => one.call(CALLS)));
  const seconds = (performance.now() - began) / 1000;
  const { requests, burst: refused } = await site.report();
  const calls = PROCESSES * CALLS;
  return {
    scenario: 'rate',
    calls,
    answered: answered.reduce((a, b) => a + b),
    refused,
    refusedShare: refused / requests,
    // Of what it lets pass from then on: as many as it has saved up pass at once.
    share: Math.max(0, (calls - BURST) / BURST) / seconds,
    seconds,
  };
};

const quota = async (site) => {
  const [first, ...others] = processes;
  await site.begin();
  const began = performance.now();
  const spending = first.call(PAGES_OF_QUOTA + 1);
  while ((await site.report()).answered < PAGES_OF_QUOTA) await setTimeout(5);
  // The word has to get round.
  await setTimeout(200);
  const counts = await Promise.all([spending, ...others.map((one) => one.call(2))]);
  const { quota: refused } = await site.report();
  return {
    scenario: 'quota',
    calls: PAGES_OF_QUOTA + 1 + 2 * others.length,
    answered: counts.reduce((a, b) => a + b),
    refused,
    seconds: (performance.now() - began) / 1000,
  };
};

const isGood = ({ store, scenario, calls, answered, refused, refusedShare }) => {
  if (answered !== calls) return false;
  if (store === 'none') return true;
  return scenario === 'rate' ? refusedShare <= MOST_REFUSED : refused === 0;
};

const percent = (value) => (value === undefined ? '' : `${(value * 100).toFixed(1)} %`);

if (!isJson) {
  console.log(`${PROCESSES} processes, one app, one site, node ${process.version}\n`);
  printHead(['shared by', 'scenario', 'answered 200', 'refused', 'share', 'of the rate', 's']);
}
const show = (result) => {
  const ok = isGood(result);
  if (!ok) process.exitCode = 1;
  if (isJson) {
    console.log(JSON.stringify({ ...result, ok }));
    return;
  }
  const { store, scenario, calls, answered, refused, refusedShare, share, seconds } = result;
  const rates = [refused, percent(refusedShare), percent(share), seconds.toFixed(1)];
  printRow([store, scenario, `${answered} of ${calls}`, ...rates]);
};

// Without a site that is told, what loads with the first call is no part of a rate.
await run('none', { ...RATE, burst: { perSecond: 1000 } }, {}, rate);
for (const name of names) {
  const options = name === 'none' ? {} : { requests: REQUESTS };
  show(await run(name, RATE, options, rate));
  show(await run(name, QUOTA, {}, quota));
}
await Promise.all(processes.map((one) => one.end()));
