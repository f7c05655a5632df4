import { Database } from './database.js';
import { Faults, type SandboxFault } from './faults.js';
import { gatewayApp } from './gateway/gateway-app.js';
import { Journal, type SandboxRequest } from './journal.js';
import { type Listener, listen } from './listener.js';
import { TokenStore } from './oauth/adapter.js';
import { defaultRedirectUris, seededClient } from './oauth/client.js';
import { identifyOnGateway } from './oauth/identify.js';
import { serveOAuth } from './oauth/oauth-listener.js';
import { createProvider } from './oauth/provider.js';
import { type Person, type PersonName, people } from './people.js';
import { serveProduct } from './product-listener.js';
import { seed } from './seed/seed.js';
import { identifyOnSite, siteApp } from './site/site-app.js';

export interface SandboxOptions {
  /** Port of the Confluence site. Default 0: a free one. */
  readonly port?: number;
  /** Port of the gateway. Default 0: a free one. */
  readonly gatewayPort?: number;
  /** Port of the OAuth server. Default 0: a free one. */
  readonly authPort?: number;
  /** Redirect URIs of the OAuth client, compared exactly. Default: port 53682, `/callback`. */
  readonly redirectUris?: readonly string[];
  /** Life of an access token in seconds. Default 3600. */
  readonly accessTokenTtl?: number;
  /**
   * Epoch milliseconds, for tests. Dates of the seeded site count from here, and OAuth tokens end
   * when it passes their expiry; it may run ahead of the machine's clock, not behind. Default `Date.now`.
   */
  readonly now?: () => number;
}

/** A running sandbox. */
export interface Sandbox extends AsyncDisposable {
  /** Stands for `https://SITE.atlassian.net`. */
  readonly siteUrl: string;
  /** Stands for `https://api.atlassian.com`. */
  readonly gatewayUrl: string;
  /** Stands for `https://auth.atlassian.com`; the issuer. */
  readonly authUrl: string;
  readonly cloudId: string;
  readonly people: Readonly<Record<PersonName, Person>>;
  readonly client: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly redirectUris: readonly string[];
  };
  /** What arrived so far, in order; a live view. */
  readonly requests: readonly SandboxRequest[];
  clearJournal(): void;
  /** Makes the next requests that fit fail; see `SandboxFault`. */
  failNext(fault: SandboxFault): void;
  /** Forgets every access token. Refresh tokens stay good. */
  expireAccessTokens(): void;
  /** Forgets every grant: access and refresh tokens are worth nothing any more. */
  revokeGrants(): void;
  /** How many refresh grants the token endpoint has answered with a token. */
  readonly refreshes: number;
  close(): Promise<void>;
}

const cloudId = '5a3d8c1e-7b42-4f96-9e0d-2c6b1f8a4d73';

/** Starts a Confluence site, its gateway and its OAuth server on 127.0.0.1. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { now = Date.now, accessTokenTtl = 3_600, redirectUris = defaultRedirectUris } = options;
  if (!Number.isInteger(accessTokenTtl) || accessTokenTtl < 1) {
    throw new RangeError(
      `accessTokenTtl must be a positive number of seconds, not ${accessTokenTtl}`,
    );
  }
  const client = seededClient(redirectUris);
  const [site, gateway, auth] = await listenAll(
    [
      ['site', options.port ?? 0],
      ['gateway', options.gatewayPort ?? 0],
      ['auth', options.authPort ?? 0],
    ],
    now,
  );
  const listeners = [site, gateway, auth];
  const database = new Database();
  const journal = new Journal();
  const faults = new Faults();
  const store = new TokenStore(now);
  let refreshes = 0;
  let closing: Promise<void> | undefined;

  const shut = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()));
    database.close();
  };
  const close = (): Promise<void> => {
    closing ??= shut();
    return closing;
  };

  try {
    seed(database, now());
    const provider = await createProvider({ issuer: auth.url, client, accessTokenTtl, store });
    provider.on('grant.success', (ctx) => {
      if (ctx.oidc.params?.grant_type === 'refresh_token') refreshes += 1;
    });
    const services = { database, now, siteUrl: site.url, cloudId };
    const shared = { journal, faults };
    serveProduct({
      ...shared,
      name: 'site',
      listener: site,
      app: siteApp(services),
      identify: identifyOnSite,
    });
    serveProduct({
      ...shared,
      name: 'gateway',
      listener: gateway,
      app: gatewayApp(services),
      identify: identifyOnGateway(provider),
    });
    serveOAuth({ ...shared, listener: auth, provider, client });
  } catch (error) {
    await close();
    throw error;
  }

  return {
    siteUrl: site.url,
    gatewayUrl: gateway.url,
    authUrl: auth.url,
    cloudId,
    people,
    client: {
      clientId: client.clientId,
      clientSecret: client.clientSecret,
      redirectUris: client.redirectUris,
    },
    requests: journal.entries,
    clearJournal: () => journal.clear(),
    failNext: (fault) => faults.add(fault),
    expireAccessTokens: () => store.expireAccessTokens(),
    revokeGrants: () => store.revokeGrants(),
    get refreshes() {
      return refreshes;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Wanted = readonly [name: string, port: number];

// When one port is taken the others are given back: a failed start holds nothing.
async function listenAll(
  wanted: readonly [Wanted, Wanted, Wanted],
  now: () => number,
): Promise<[Listener, Listener, Listener]> {
  const tries = await Promise.allSettled(wanted.map(([name, port]) => listen(name, port, now)));
  const open = tries.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  const [site, gateway, auth] = open;
  if (site && gateway && auth) return [site, gateway, auth];
  await Promise.all(open.map((listener) => listener.close()));
  throw tries.find((attempt) => attempt.status === 'rejected')?.reason;
}
