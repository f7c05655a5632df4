import 'reflect-metadata';
import { ConfigError, TributaryError } from '@tributary/pipeline';
import { createAccount } from './account/account.js';
import { HELP, readArguments } from './settings/arguments.js';
import { readEnvironment } from './settings/environment.js';
import { runOnRealSite } from './stories/real-site.js';
import { runOnSandbox } from './stories/sandbox.js';

/** Bad settings; other failures are 1. */
const EXIT_CONFIG = 2;

const main = async (): Promise<void> => {
  const options = readArguments(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('Stopped.')));
  const account = createAccount(process.stdout);
  const environment = readEnvironment();
  const { signal } = stop;
  const { forge: folder, code, web } = options;
  if (folder !== undefined) {
    // Only now: the stories need nothing of it.
    const { runForgeApp } = await import('./forge/run-forge-app.js');
    const { hasSettings: isRealSite, values } = environment;
    await runForgeApp({ account, environment: values, isRealSite, folder, code, signal });
    return;
  }
  if (web !== undefined) {
    process.once('SIGTERM', () => stop.abort(new Error('Stopped.')));
    const { serveWeb } = await import('./web/serve-web.js');
    await serveWeb({ account, environment: environment.values, options, web, signal }, environment);
    return;
  }
  const run = environment.hasSettings ? runOnRealSite : runOnSandbox;
  await run({ account, environment: environment.values, options, signal });
};

/** One clear line; the stack is for whoever asks by DEBUG. */
const explain = (error: unknown): string => {
  if (process.env.DEBUG !== undefined) return `${String((error as Error).stack)}\n`;
  const code = error instanceof TributaryError ? ` (${error.code})` : '';
  return `${error instanceof Error ? error.message : String(error)}${code}\n`;
};

main().catch((error: unknown) => {
  process.stderr.write(explain(error));
  process.exitCode = error instanceof ConfigError ? EXIT_CONFIG : 1;
});
