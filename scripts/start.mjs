import { join } from 'node:path';
import { install, turbo } from './prepare.mjs';
import { runShown } from './run.mjs';

await install();
await turbo(['build', '--filter=@tributary/example']);
process.exitCode = await runShown('node', [
  join('apps', 'example', 'dist', 'main.js'),
  ...process.argv.slice(2),
]);
