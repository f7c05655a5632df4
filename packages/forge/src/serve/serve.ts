import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { nodeListener } from '@tributary/consent/node';
import { webConsent } from '@tributary/consent/web';
import { ConfigError } from '@tributary/pipeline';
import type { ForgeApp } from '../app/define-app.js';
import { type RunningApp, runApp } from '../app/run-app.js';
import { appHandler } from './app-handler.js';
import { type Cleanup, createCleanup } from './cleanup.js';
import { externalConsent } from './external-consent.js';
import { createRuns } from './runs.js';
import { type Schedule, startSchedule } from './schedule.js';
import { readServeOptions, type ServeOptions, type ServeSettings } from './serve-options.js';
import { webTriggerTable } from './web-trigger-urls.js';

/** An app that is served. */
export interface AppServer extends AsyncDisposable {
  /** The page where it is run by hand. */
  readonly url: string;
  readonly webTriggers: readonly { readonly triggerKey: string; readonly url: string }[];
  readonly running: RunningApp;
  /** No more requests and runs; waits for those that are under way. */
  close(): Promise<void>;
}

/** Where the pages of consent are. */
const CONSENT = '/consent';

const listen = async ({ host, port }: ServeSettings): Promise<Server> => {
  const server = createServer();
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE') throw error;
    throw new ConfigError('port', `${port} is in use; give another, or 0 for any`, {
      cause: error,
    });
  }
  return server;
};

const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Serves a Forge app: its web triggers, a page where its functions are run by hand, with consent where they
 * act as the user, and its scheduled triggers by the clock. What of the manifest nothing here runs is logged.
 * @throws ConfigError naming the option; as `install`, where something stands in for Forge here already
 */
export const serve = async (app: ForgeApp, options: ServeOptions): Promise<AppServer> => {
  const settings = readServeOptions(options);
  const server = await listen(settings);
  const opened = createCleanup();
  opened.add(() => {
    server.close();
    server.closeAllConnections();
  });
  try {
    return await start(app, options, { settings, server, opened });
  } catch (error) {
    await opened.run();
    throw error;
  }
};

interface Opened {
  readonly settings: ServeSettings;
  readonly server: Server;
  readonly opened: Cleanup;
}

const start = async (
  app: ForgeApp,
  options: ServeOptions,
  { settings, server, opened }: Opened,
): Promise<AppServer> => {
  const { log, user, firstRun } = settings;
  const { manifest } = app;
  const { port } = server.address() as AddressInfo;
  const url = settings.publicUrl ?? `http://localhost:${port}`;
  const given = options.tributary;
  const isMade = typeof given === 'function';
  const tributary = isMade ? await given({ url, redirectUri: `${url}${CONSENT}/callback` }) : given;
  if (isMade) opened.add(() => tributary[Symbol.asyncDispose]());
  const appName = options.appName ?? basename(manifest.folder);
  const userOf = user ?? (() => ({ id: 'local' }));
  const pages = webConsent({
    consent: tributary.consent,
    publicUrl: url,
    path: CONSENT,
    appName,
    user: userOf,
    onError: (error) => log(`consent ${error.code}: ${error.message}`),
  });
  const keys = manifest.webTriggers.map((module) => module.key);
  const triggers = webTriggerTable(keys, pages.origin, options.webTriggerId);
  const running = runApp(app, tributary, {
    scopes: 'warn',
    warn: (message) => log(`warning: ${message}`),
    ...options,
    webTriggers: triggers,
  });
  opened.add(() => running[Symbol.dispose]());
  const runs = createRuns(log);
  let schedule: Schedule | undefined;
  if (firstRun !== false) {
    schedule = startSchedule(manifest.scheduledTriggers, firstRun, (key) =>
      runs
        .track(`scheduledTrigger ${key}`, () => running.invokeScheduledTrigger(key))
        .then(
          () => {},
          // Forge ignores it too, and runs it again at its next time; the log has it.
          () => {},
        ),
    );
    opened.add(() => schedule?.stop());
  }
  const ownHosts =
    user === undefined ? [new URL(url).host, ...LOCAL.map((name) => `${name}:${port}`)] : undefined;
  const names = Object.keys(options.externalAuth ?? {});
  const external = externalConsent({ origin: pages.origin, appName, names, user: userOf });
  const handler = appHandler({
    running,
    pages,
    triggers,
    schedule,
    runs,
    external,
    appName,
    user,
    ownHosts,
  });
  const answering = new Set<Promise<unknown>>();
  server.on('request', (_, response) => {
    const answered = once(response, 'close').finally(() => answering.delete(answered));
    answering.add(answered);
  });
  server.on('request', nodeListener(handler, { publicUrl: pages }));

  log(`${appName} runs at ${url}/`);
  for (const trigger of triggers.urls) log(`webtrigger ${trigger.triggerKey}: ${trigger.url}`);
  for (const { type, key, line, reason } of manifest.unsupported) {
    log(`not run: ${type} ${key} (line ${line}): ${reason}`);
  }

  const close = async (): Promise<void> => {
    schedule?.stop();
    server.close();
    server.closeIdleConnections();
    const over = new AbortController();
    const late = wait(settings.grace, undefined, { signal: over.signal }).catch(() => {});
    // A run's answer is still to be written when it has ended.
    await Promise.race([runs.settled().then(() => Promise.all(answering)), late]);
    over.abort();
    await opened.run();
  };
  let closing: Promise<void> | undefined;
  const closeOnce = (): Promise<void> => {
    closing ??= close();
    return closing;
  };
  const { signal } = options;
  const abort = (): void => void closeOnce();
  signal?.addEventListener('abort', abort, { once: true });
  opened.add(() => signal?.removeEventListener('abort', abort));
  if (signal?.aborted) await closeOnce();
  return {
    url,
    get webTriggers() {
      return triggers.urls;
    },
    running,
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  };
};
