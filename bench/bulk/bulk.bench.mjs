/**
 * Reads 10,000 pages from a server with Confluence-like limits: at which share of the rate that it
 * allows, and how many requests it has to refuse. TRIBUTARY_BENCH_ROUNDS=1 for a quick look.
 */
import { setTimeout } from 'node:timers/promises';
import { createTributary, route } from '@tributary/api';
import { apiToken, cloud } from '@tributary/auth-providers';
import ky from 'ky';
import pLimit from 'p-limit';
import { openSite } from '../limited-site/open-site.mjs';
import { median } from '../median.mjs';

const ROUNDS = Number(process.env.TRIBUTARY_BENCH_ROUNDS ?? 7);
const PAGES = 10_000;
const LEAST_SHARE = 0.95;
const MOST_REFUSED = 0.01;

/** An hour and 65,000 points become 10 s and 14,000: 7000 pages, which the burst limit lets pass in less. */
const limits = { burst: 800, quota: 14_000, windowMs: 10_000, cost: 2, latencyMs: 15 };

/** Seconds that the limits themselves take, for a client that knows them and has no distance to go. */
const leastSeconds = () => {
  const perWindow = limits.quota / limits.cost;
  const full = Math.floor((PAGES - 1) / perWindow);
  const rest = PAGES - full * perWindow;
  return (full * limits.windowMs) / 1000 + Math.max(0, rest - limits.burst) / limits.burst;
};

const site = await openSite(limits);
const { origin } = site;
const ids = Array.from({ length: PAGES }, (_, i) => i + 1);

const patientKy = ky.create({ timeout: false, retry: { limit: 10 } });
const withKy = (id) => patientKy.get(`${origin}/wiki/api/v2/pages/${id}`).json();

const clients = {
  'tributary, budget and retry': async (readAll) => {
    const tributary = createTributary({
      site: cloud(origin),
      app: apiToken({ email: 'bench@example.com', token: 'bench' }),
      timeout: false,
    });
    const api = tributary.api.asApp();
    const read = async (id) => {
      const response = await api.requestConfluence(route`/wiki/api/v2/pages/${id}`);
      if (!response.ok) throw new Error(String(response.status));
      return response.json();
    };
    const results = await readAll(read);
    await tributary[Symbol.asyncDispose]();
    return results;
  },
  'ky and its retry, Promise.all': (readAll) => readAll(withKy),
  'ky and its retry, p-limit(8)': (readAll) => {
    const limit = pLimit(8);
    return readAll((id) => limit(() => withKy(id)));
  },
};

const reading = (count) => (read) => Promise.allSettled(ids.slice(0, count).map((id) => read(id)));

// What loads with the first call is no part of a rate.
for (const readPages of Object.values(clients)) await readPages(reading(200));

const runs = Object.fromEntries(Object.keys(clients).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, readPages] of Object.entries(clients)) {
    await site.reset();
    await setTimeout(500);
    await site.reset();
    const started = performance.now();
    const results = await readPages(reading(PAGES));
    const seconds = (performance.now() - started) / 1000;
    const { requests, refused, pages } = await site.report();
    const failed = results.filter(({ status }) => status === 'rejected').length;
    runs[name].push({
      share: (leastSeconds() * (pages / PAGES)) / seconds,
      refused: refused / requests,
      failed,
      seconds,
    });
  }
}
await site.close();

const percent = (value) => `${(value * 100).toFixed(2)} %`.padStart(9);

console.log(`${PAGES} pages, ${leastSeconds()} s at the least`);
console.log(`${''.padEnd(32)}   of the rate   refused    failed   seconds`);
for (const [name, each] of Object.entries(runs)) {
  const of = (field) => median(each.map((one) => one[field]));
  console.log(
    `${name.padEnd(32)} ${percent(of('share'))}   ${percent(of('refused'))} ${String(of('failed')).padStart(8)} ${of('seconds').toFixed(1).padStart(8)}`,
  );
}

const ours = runs['tributary, budget and retry'];
const isKept =
  median(ours.map(({ share }) => share)) >= LEAST_SHARE &&
  median(ours.map(({ refused }) => refused)) <= MOST_REFUSED &&
  ours.every(({ failed }) => failed === 0);
console.log(`budget ≥ 95 % of the rate, ≤ 1 % refused: ${isKept ? 'kept' : 'MISSED'}`);
if (!isKept) process.exitCode = 1;
