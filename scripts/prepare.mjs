import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, runQuiet } from './run.mjs';

const NEEDED = [22, 19];

const fail = (message, output = '') => {
  if (output !== '') console.error(output.trimEnd());
  console.error(message);
  process.exit(1);
};

const step = async (title, command, args) => {
  const { code, output } = await runQuiet(command, args);
  if (code !== 0) fail(`${title} failed (exit code ${code}); its output stands above.`, output);
};

const checkNode = async () => {
  const { output } = await runQuiet('node', ['--version']);
  const [major, minor] = output.trim().slice(1).split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return;
  fail(
    `Tributary needs Node ${NEEDED.join('.')} or newer; this is ${output.trim()}, and there is no pinned Node for ${process.platform}-${process.arch}. Install Node 24 or newer and try again.`,
  );
};

/**
 * Installs what the lockfile says, and nothing else. Done here and not by pnpm's own check before a
 * script, since that one only warns when it fails, and then runs the script all the same.
 */
export const install = async () => {
  if (!existsSync(join(root, 'node_modules'))) console.error('Installing (first run only) …');
  await step('The install', 'pnpm', ['install', '--frozen-lockfile']);
  await checkNode();
};

export const turbo = (tasks) =>
  step(tasks.join(' and '), 'turbo', ['run', ...tasks, '--output-logs=errors-only']);
