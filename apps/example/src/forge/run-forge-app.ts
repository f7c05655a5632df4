import { resolve } from 'node:path';
import { createTributary, fromEnv, type Tributary } from '@tributary/api';
import { apiToken, cloud, oauth } from '@tributary/auth-providers';
import {
  defineApp,
  type ForgeApp,
  oauthScopes,
  type ServeAddress,
  serve,
} from '@tributary/forge/serve';
import { ConfigError, isLoopback } from '@tributary/pipeline';
import { startSandbox } from '@tributary/sandbox';
import type { Account } from '../account/account.js';
import type { Environment } from '../settings/environment.js';
import { untilStopped } from '../until-stopped.js';

export interface ForgeRun {
  readonly account: Account;
  readonly environment: Environment;
  /** Whether there is a site of the user's own. */
  readonly isRealSite: boolean;
  /** The Forge app's folder, from where the command was typed. */
  readonly folder: string;
  /** Where its handlers are, from the app's folder. */
  readonly code: string | undefined;
  readonly signal: AbortSignal;
}

/** What is to be closed at the end. */
type Closing = (() => Promise<void>)[];

/** `serve` asks for a client once it knows its own address. */
type Client = (at: ServeAddress) => Promise<Tributary>;

const onSandbox =
  (account: Account, app: ForgeApp, closing: Closing): Client =>
  async ({ redirectUri }) => {
    const sandbox = await startSandbox({ redirectUris: [redirectUri] });
    closing.push(() => sandbox.close());
    const { admin, editor } = sandbox.people;
    account.say('This is a sandbox: a Confluence of its own on this machine, with made-up people.');
    account.say(
      `Where it asks you to log in: ${editor.email} with the password ${editor.password}`,
    );
    return createTributary({
      site: cloud(sandbox.siteUrl, { cloudId: sandbox.cloudId, gateway: sandbox.gatewayUrl }),
      app: apiToken({ email: admin.email, token: admin.apiToken }),
      user: oauth({
        ...sandbox.client,
        redirectUri,
        scopes: oauthScopes(app.manifest),
        authorizationServer: sandbox.authUrl,
        gateway: sandbox.gatewayUrl,
      }),
    });
  };

const onRealSite =
  (account: Account, app: ForgeApp, environment: Environment): Client =>
  async ({ redirectUri }) => {
    const config = fromEnv(environment, { scopes: oauthScopes(app.manifest) });
    account.say(`Site: ${config.site.url} (the app reads and writes there as it does in Forge)`);
    if (config.user === undefined) {
      account.skip(
        'asUser().',
        `Set TRIBUTARY_CLIENT_ID, TRIBUTARY_CLIENT_SECRET and TRIBUTARY_REDIRECT_URI=${redirectUri} of an OAuth 2.0 app.`,
      );
    }
    return createTributary(config);
  };

/** The port that the OAuth app sends people back to; undefined where there is none. */
const portOf = (redirectUri: string | undefined): number | undefined => {
  if (redirectUri === undefined || redirectUri === '') return undefined;
  const url = URL.canParse(redirectUri) ? new URL(redirectUri) : undefined;
  if (
    url?.protocol === 'http:' &&
    isLoopback(url.hostname) &&
    url.pathname === '/consent/callback'
  ) {
    return Number(url.port || 80);
  }
  throw new ConfigError(
    'TRIBUTARY_REDIRECT_URI',
    'must lead to the page that serves the app, such as http://localhost:8686/consent/callback',
  );
};

/** Runs a Forge app until Ctrl-C: against a site of the user's own, or against a sandbox. */
export const runForgeApp = async (run: ForgeRun): Promise<void> => {
  const { account, environment, isRealSite, folder, code, signal } = run;
  const from = process.env.INIT_CWD ?? process.cwd();
  const app = defineApp({ manifest: resolve(from, folder), ...(code !== undefined && { code }) });
  const closing: Closing = [];
  const tributary = isRealSite
    ? onRealSite(account, app, environment)
    : onSandbox(account, app, closing);
  const port = isRealSite ? portOf(environment.TRIBUTARY_REDIRECT_URI) : 0;
  try {
    await using server = await serve(app, {
      tributary,
      log: (line) => account.say(line),
      ...(port !== undefined && { port }),
    });
    account.say(`Open ${server.url}/ and press Ctrl-C here to stop.`);
    await untilStopped(signal);
  } finally {
    for (const close of closing) await close();
  }
};
