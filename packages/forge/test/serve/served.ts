import type { Tributary } from '@tributary/api';
import { type Sandbox, startSandbox } from '@tributary/sandbox';
import {
  type AppServer,
  type DefineAppOptions,
  defineApp,
  type ServeAddress,
  type ServeOptions,
  serve,
} from '../../src/serve/index.js';
import { sandboxClient } from '../support/sandbox-client.js';

const SCOPES = [
  'read:me',
  'read:page:confluence',
  'read:confluence-user',
  'read:confluence-content.permission',
];

export interface Served extends AsyncDisposable {
  readonly server: AppServer;
  readonly url: string;
  /** What was logged. */
  readonly lines: string[];
  readonly sandbox: Sandbox;
  /** Sends JSON, as a program does. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
}

/** One sandbox, on which apps are served one after the other, at the port that its OAuth client knows. */
export interface Stand extends AsyncDisposable {
  serve(app: DefineAppOptions, options?: Partial<ServeOptions>): Promise<Served>;
}

export const createStand = (): Stand => {
  let sandbox: Sandbox | undefined;
  let port = 0;
  const tributary = async ({ redirectUri }: ServeAddress): Promise<Tributary> => {
    sandbox ??= await startSandbox({ redirectUris: [redirectUri] });
    return sandboxClient(sandbox, SCOPES, redirectUri);
  };
  return {
    async serve(app, options = {}) {
      const lines: string[] = [];
      const log = (line: string) => lines.push(line);
      const server = await serve(defineApp(app), { tributary, port, log, ...options });
      const { url } = server;
      port = Number(new URL(url).port);
      return {
        server,
        url,
        lines,
        sandbox: sandbox as Sandbox,
        post: (path, body, headers = {}) =>
          fetch(`${url}${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', ...headers },
            body: typeof body === 'string' ? body : JSON.stringify(body),
            redirect: 'manual',
          }),
        async [Symbol.asyncDispose]() {
          await server.close();
          // The next app has the same port: by then fetch has to know that its connections are gone.
          await fetch(url).catch(() => undefined);
        },
      };
    },
    [Symbol.asyncDispose]: async () => sandbox?.close(),
  };
};
