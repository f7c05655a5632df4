import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

// `node run.mjs route` runs one; one process each, so that no benchmark warms up another.
const wanted = process.argv.slice(2);
const benches = globSync('*/*.bench.mjs', { cwd: import.meta.dirname }).sort();

for (const bench of benches) {
  if (wanted.length > 0 && !wanted.some((name) => bench.startsWith(`${name}/`))) continue;
  console.log(`\n== ${bench}`);
  const { status } = spawnSync(process.execPath, ['--expose-gc', bench], {
    cwd: import.meta.dirname,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
