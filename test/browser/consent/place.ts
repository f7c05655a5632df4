import { mkdtemp, rm } from 'node:fs/promises';
import { type RequestListener, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateEncryptionKey } from '@tributary/auth-providers/sqlite';
import { type Sandbox, startSandbox } from '@tributary/sandbox';
import { listen } from '../support/listen.js';
import type { AppOptions } from './app.js';
import type { Database } from './database.js';
import { type ShiftedClock, shiftedClock } from './shifted-clock.js';

/** One public origin with a sandbox that knows it; which instance answers there may change. */
export interface Place extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** The app's and its store's; the authorization server keeps the machine's. */
  readonly clock: ShiftedClock;
  readonly app: AppOptions & { readonly clock: ShiftedClock };
  serve(instance: RequestListener): void;
  /** Keeps the next callback from the app, and tells its address: a browser that never came back. */
  holdCallback(go: () => Promise<void>): Promise<string>;
}

/** Without a database of others it has an SQLite file of its own. */
export const openPlace = async (shared?: Database): Promise<Place> => {
  const down: RequestListener = (_, response) => response.writeHead(503).end('Nobody is up.');
  let current = down;
  let hold: ((path: string) => void) | undefined;
  const front = await listen((incoming, response) => {
    const path = incoming.url ?? '';
    if (hold === undefined || !path.startsWith('/consent/callback')) {
      current(incoming, response);
      return;
    }
    hold(path);
    hold = undefined;
    response.setHeader('content-type', 'text/html').end('<h1>Held back</h1>');
  });
  const clock = shiftedClock();
  const { origin } = front;
  const redirectUris = [`${origin}/consent/callback`];
  const sandbox = await startSandbox({ redirectUris });
  const folder = await mkdtemp(join(tmpdir(), 'tributary-consent-'));
  const own = { kind: 'SQLite', path: join(folder, 'private', 'grants.db') } as const;
  return {
    sandbox,
    clock,
    app: { origin, sandbox, database: shared ?? own, key: generateEncryptionKey(), clock },
    serve(instance) {
      current = instance;
    },
    async holdCallback(go) {
      const held = new Promise<string>((resolve) => {
        hold = resolve;
      });
      await go();
      return origin + (await held);
    },
    async [Symbol.asyncDispose]() {
      current = down;
      await front.close();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** As a load balancer hands requests on to an instance. */
export const instanceAt =
  (port: number): RequestListener =>
  (incoming, response) => {
    const { method, url, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    incoming.pipe(onward);
  };
