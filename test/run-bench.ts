import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a benchmark for its numbers; each line of them is a result, also of one that says not ok. */
export const runBench = async <Result>(
  name: string,
  ...words: readonly string[]
): Promise<readonly Result[]> => {
  const bench = fileURLToPath(new URL(`../bench/${name}/${name}.bench.mjs`, import.meta.url));
  const { stdout } = await run(process.execPath, [bench, '--json', ...words], {
    // One that hangs would outlive the tests.
    timeout: 110_000,
  }).catch((error: { stdout: string; stderr: string }) => {
    if (error.stdout === '') throw new Error(error.stderr);
    return error;
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
};
