import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, runShown } from './run.mjs';

// One after the other: both pack the package in its own folder.
for (const name of readdirSync(join(root, 'packages')).sort()) {
  const folder = join('packages', name);
  console.log(folder);
  for (const [command, ...args] of [
    ['publint', 'run', '--strict', folder],
    ['attw', '--pack', folder, '--profile', 'esm-only', '--format', 'ascii', '--quiet'],
  ]) {
    const code = await runShown(command, args);
    if (code !== 0) process.exit(code);
  }
}
