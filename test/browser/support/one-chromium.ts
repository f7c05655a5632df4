import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../../scripts/chromium.mjs', import.meta.url));

declare module 'vitest' {
  interface ProvidedContext {
    /** Where this run's Chromium takes orders; empty where there is none. */
    readonly chromium: string;
  }
}

/** A tab of a real person resolves names; these pages live on this machine alone. */
const LOOPBACK_ONLY = 'MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost';

/** One Chromium for all files of a run: each test takes a context of its own in it. */
export default async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const { stdout: executablePath } = await run(process.execPath, [script, 'where']);
  if (executablePath === '') {
    const message =
      'No Chromium found, which the tests in a browser need; install one with: npx -y pnpm@12 chromium';
    if (process.env.CI === 'true') throw new Error(message);
    console.error(`${message} (skipped until then)`);
    project.provide('chromium', '');
    return undefined;
  }
  const server = await chromium.launchServer({
    executablePath,
    host: '127.0.0.1',
    // Chromium's own sandbox refuses root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      `--host-resolver-rules=${LOOPBACK_ONLY}`,
      '--disable-quic',
      '--disable-sync',
      // A third of the time would go to drawing by a graphics card that isn't there.
      '--disable-gpu',
    ],
  });
  project.provide('chromium', server.wsEndpoint());
  return () => server.close();
};
