/**
 * One expired grant, 4 processes × 250 callers at once: how many refreshes, how many calls answered, and
 * does the grant live on? Arguments choose stores and scenarios; `--json` prints a line for each, and
 * `--at-once` has the stores of a scenario side by side.
 */

import { createPool } from './processes.mjs';
import { places } from './stores.mjs';
import { CALLERS, PROCESSES, storm } from './storm.mjs';

const words = process.argv.slice(2);
const isJson = words.includes('--json');
const chosen = (names) => {
  const wanted = names.filter((name) => words.includes(name));
  return wanted.length > 0 ? wanted : names;
};
const pairs = words.filter((word) => word.includes(':')).map((word) => word.split(':'));
const plan =
  pairs.length > 0
    ? pairs
    : chosen(['expired', 'unannounced', 'killed']).flatMap((scenario) =>
        chosen(Object.keys(places)).map((store) => [store, scenario]),
      );

/** Those who wait look again five times a second, and their calls take their time on a busy machine. */
const SLACK_MS = 6_000;

const isGood = ({ scenario, refreshes, calls, answered, isFamilyAlive, outageMs, leaseMs }) => {
  const isKilled = scenario === 'killed';
  const expected = CALLERS * (isKilled ? PROCESSES - 1 : PROCESSES);
  const isOnTime = !isKilled || (refreshes <= 2 && outageMs <= leaseMs + SLACK_MS);
  const isOnce = isKilled || refreshes === 1;
  return isOnTime && isOnce && calls === expected && answered === expected && isFamilyAlive;
};

const WIDTHS = [10, 14, 11, 15, 8, 10, 12];
const row = (...cells) => cells.map((cell, i) => String(cell).padEnd(WIDTHS[i])).join('');

if (!isJson) {
  console.log(
    `refresh storm: ${PROCESSES} processes × ${CALLERS} callers, node ${process.version}\n`,
  );
  console.log(row('store', 'scenario', 'refreshes', 'answered 200', 'family', 'all in', 'outage'));
}

const show = (result) => {
  const ok = isGood(result);
  if (!ok) process.exitCode = 1;
  if (isJson) {
    console.log(JSON.stringify({ ...result, ok }));
    return;
  }
  const { refreshes, calls, answered, isFamilyAlive, ms, outageMs, leaseMs, outcomes } = result;
  const family = isFamilyAlive ? 'alive' : 'ENDED';
  const outage = outageMs === undefined ? '' : `${outageMs} ms, lease ${leaseMs} ms`;
  const { store, scenario } = result;
  console.log(
    row(store, scenario, refreshes, `${answered} of ${calls}`, family, `${ms} ms`, outage),
  );
  if (!ok) console.log(`NOT AS IT SHOULD BE: ${JSON.stringify(outcomes)}`);
};

await using pool = createPool();
const isAside = ([, scenario]) => isJson && scenario === 'killed';
const aside = plan.filter(isAside).map((pair) => storm(pool, ...pair));
for (const result of await Promise.all(aside)) show(result);
for (const pair of plan) if (!isAside(pair)) show(await storm(pool, ...pair));
