/**
 * Calls a second of `route` beside @forge/api's and two blocklists: one path parameter and one
 * query parameter, in interleaved rounds of one process. Prints medians and ratios.
 */
import { route as forgeRoute } from '@forge/api';
import { route } from '@tributary/route';
import { measure } from 'mitata';
import { median } from '../median.mjs';
import { needleRoute, patternRoute } from './blocklists.mjs';

const ROUNDS = 7;
const SETTINGS = { min_cpu_time: 60e6, inner_gc: false };

// Varied, so that no engine folds the call into a constant.
const ids = Array.from({ length: 1024 }, (_, i) => String(65_536 + 37 * i));
const titles = Array.from({ length: 1024 }, (_, i) => `Plan ${i} – été`);

const cases = {
  'plain id, plain format': (tag, i) =>
    tag`/wiki/api/v2/pages/${ids[i & 1023]}?body-format=${ids[(i + 1) & 1023]}`,
  'number, number': (tag, i) => tag`/wiki/api/v2/pages/${i}?limit=${i & 255}`,
  'title in the query': (tag, i) => tag`/wiki/api/v2/pages/${i}?title=${titles[i & 1023]}`,
  'title, title': (tag, i) =>
    tag`/wiki/rest/api/space/${titles[i & 1023]}?title=${titles[(i + 1) & 1023]}`,
};
const contenders = {
  '@tributary/route': route,
  '@forge/api': forgeRoute,
  'blocklist, needles': needleRoute,
  'blocklist, one regex': patternRoute,
};

// A copy of the function for each contender: with a shared one, all would pay for a call site that
// sees four tags, which no app has.
const compile = (use, tag) =>
  new Function(
    'tag',
    'ids',
    'titles',
    `const use = ${use}; let i = 0; return () => use(tag, i++).value.length;`,
  )(tag, ids, titles);

console.log(`route: median of ${ROUNDS} interleaved rounds, node ${process.version}`);
for (const [title, use] of Object.entries(cases)) {
  const runs = Object.entries(contenders).map(([name, tag]) => ({
    name,
    run: compile(use, tag),
    rounds: [],
  }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { run, rounds } of runs) rounds.push((await measure(run, SETTINGS)).avg);
  }
  const ours = median(runs[0].rounds);
  console.log(
    `\n${title.padEnd(24)}${'ns a call'.padStart(10)}${'calls/s, route = 1'.padStart(22)}`,
  );
  for (const { name, rounds } of runs) {
    const time = median(rounds);
    console.log(
      `${name.padEnd(24)}${time.toFixed(0).padStart(10)}${(ours / time).toFixed(2).padStart(22)}`,
    );
  }
}
