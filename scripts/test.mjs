import { install, turbo } from './prepare.mjs';
import { runShown } from './run.mjs';

await install();
console.error('Building and checking types …');
await turbo(['build', 'typecheck']);
process.exitCode = await runShown('node', [
  'node_modules/vitest/vitest.mjs',
  'run',
  ...process.argv.slice(2),
]);
