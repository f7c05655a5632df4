/**
 * Reads 10,000 pages of a sandbox with Confluence's limits, scaled down: at which share of the rate that
 * they allow, and how many requests are refused. TRIBUTARY_BENCH_ROUNDS=1 for a quick look.
 */
import { setTimeout } from 'node:timers/promises';
import { createTributary, route } from '@tributary/api';
import { clientCredentials, cloud } from '@tributary/auth-providers';
import ky from 'ky';
import pLimit from 'p-limit';
import { median } from '../median.mjs';
import { openSite } from '../sandbox-site/open-site.mjs';
import { printHead, printRow } from '../table.mjs';

const ROUNDS = Number(process.env.TRIBUTARY_BENCH_ROUNDS ?? 7);
const PAGES = 10_000;
const LEAST_SHARE = 0.95;
const MOST_REFUSED = 0.01;

/** What reading a page costs. */
const POINTS = 2;
const LATENCY_MS = 15;
/**
 * An hour and 65,000 points become 10 s and 10,500: 5250 pages, which the burst limit lets pass in less.
 * A second of that hour is 3 ms.
 */
const burst = { perSecond: 600 };
const quota = { points: 10_500, windowMs: 10_000, resolutionMs: 3 };

/** Seconds that the limits themselves take, for a client that knows them and has no distance to go. */
const leastSeconds = () => {
  const perWindow = quota.points / POINTS;
  const full = Math.floor((PAGES - 1) / perWindow);
  const rest = PAGES - full * perWindow;
  return (full * quota.windowMs) / 1000 + Math.max(0, rest / burst.perSecond - 1);
};

const site = await openSite({ pages: PAGES, latencyMs: LATENCY_MS, burst, quota });
const { siteUrl, gatewayUrl, authUrl, clientId, clientSecret, token, pagesUrl, ids } = site;

const patientKy = ky.create({
  timeout: false,
  retry: { limit: 10 },
  headers: { authorization: `Bearer ${token}` },
});
const withKy = (id) => patientKy.get(`${pagesUrl}/${id}`).json();

const clients = {
  'tributary, as it is by default': async (readAll) => {
    await using tributary = createTributary({
      site: cloud(siteUrl, { gateway: gatewayUrl }),
      app: clientCredentials({ clientId, clientSecret, authorizationServer: authUrl }),
      // It waits out whatever it is told to.
      timeout: false,
    });
    const api = tributary.api.asApp();
    return await readAll(async (id) => {
      const response = await api.requestConfluence(route`/wiki/api/v2/pages/${id}`);
      if (!response.ok) throw new Error(String(response.status));
      return response.json();
    });
  },
  'ky and its retry, `Promise.all`': (readAll) => readAll(withKy),
  'ky and its retry, `p-limit(8)`': (readAll) => {
    const limit = pLimit(8);
    return readAll((id) => limit(() => withKy(id)));
  },
};

const reading = (count) => (read) => Promise.allSettled(ids.slice(0, count).map((id) => read(id)));

// What loads with the first call is no part of a rate.
for (const readPages of Object.values(clients)) await readPages(reading(200));

const percent = (value) => `${(value * 100).toFixed(2)} %`;

const runs = Object.fromEntries(Object.keys(clients).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, readPages] of Object.entries(clients)) {
    await setTimeout(500);
    await site.begin();
    const started = performance.now();
    const results = await readPages(reading(PAGES));
    const seconds = (performance.now() - started) / 1000;
    const { requests, pages, ...refused } = await site.report();
    const share = (leastSeconds() * (pages / PAGES)) / seconds;
    const refusedShare = (refused.burst + refused.quota) / requests;
    console.error(`${round + 1} ${name}: ${percent(share)}, refused ${percent(refusedShare)}`);
    runs[name].push({
      share,
      refused: refusedShare,
      burst: refused.burst,
      quota: refused.quota,
      failed: results.filter(({ status }) => status === 'rejected').length,
      seconds,
    });
  }
}
await site.close();

console.log(
  `${PAGES} pages, ${leastSeconds().toFixed(2)} s at the least; node ${process.version}\n`,
);
printHead(['client', 'of the rate', '429s', 'by burst', 'by quota', 'failed', 's']);
for (const [name, each] of Object.entries(runs)) {
  const of = (field) => median(each.map((one) => one[field]));
  const counts = [of('burst'), of('quota'), of('failed'), of('seconds').toFixed(1)];
  printRow([name, percent(of('share')), percent(of('refused')), ...counts]);
}
const ours = runs['tributary, as it is by default'];
const isKept =
  median(ours.map(({ share }) => share)) >= LEAST_SHARE &&
  median(ours.map(({ refused }) => refused)) <= MOST_REFUSED &&
  ours.every(({ failed }) => failed === 0);
console.log(`\nbudget ≥ 95 % of the rate, ≤ 1 % refused: ${isKept ? 'kept' : 'MISSED'}`);
if (!isKept) process.exitCode = 1;
