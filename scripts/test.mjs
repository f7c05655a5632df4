import { findChromium, INSTALL_CHROMIUM } from './chromium.mjs';
import { installLowestNode } from './lowest-node.mjs';
import { install, turbo } from './prepare.mjs';
import { runShown } from './run.mjs';
import { isUp } from './services/lifecycle.mjs';

await install();
if (!(await isUp())) {
  const start = 'start both with: npx -y pnpm@12 services up';
  if (process.env.CI === 'true') {
    console.error(`CI tests the stores against a real Redis and PostgreSQL; ${start}`);
    process.exit(1);
  }
  console.error(`Without Redis and PostgreSQL their tests are skipped; ${start}`);
}
if (findChromium() === undefined) {
  const get = `install one with: ${INSTALL_CHROMIUM}`;
  if (process.env.CI === 'true') {
    console.error(`CI tests pages in a real Chromium; ${get}`);
    process.exit(1);
  }
  console.error(`Without Chromium the tests in a browser are skipped; ${get}`);
}
const noLowestNode = await installLowestNode();
if (noLowestNode !== undefined) {
  console.error(`The test on the lowest Node is skipped: ${noLowestNode}`);
  if (process.env.CI === 'true') process.exit(1);
}
console.error('Building and checking types …');
await turbo(['build', 'typecheck']);
process.exitCode = await runShown('node', [
  'node_modules/vitest/vitest.mjs',
  'run',
  ...process.argv.slice(2),
]);
