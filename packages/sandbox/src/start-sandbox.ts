import type { Provider } from 'oidc-provider';
import { openDataCenter } from './data-center/open-data-center.js';
import { Database } from './database.js';
import { Faults, type SandboxFault } from './faults.js';
import { gatewayApp } from './gateway/gateway-app.js';
import { Journal, type SandboxRequest } from './journal.js';
import { cloudLimiter } from './limits/cloud-limiter.js';
import { dataCenterLimiter } from './limits/data-center-limiter.js';
import { type Listener, listen } from './listener.js';
import { mediaApp } from './media/media-app.js';
import { MediaStore } from './media/media-store.js';
import { TokenStore } from './oauth/adapter.js';
import { type ServiceClient, seededClient } from './oauth/client.js';
import { cloudFlavour } from './oauth/flavour.js';
import { identifyOnGateway } from './oauth/identify.js';
import { oauthHandler } from './oauth/oauth-listener.js';
import { createProvider } from './oauth/provider.js';
import { reserveRedirectUris } from './oauth/redirect-uris.js';
import { type Account, type Person, type PersonName, people, serviceAccount } from './people.js';
import { productHandler } from './product-listener.js';
import { readOptions, type SandboxOptions } from './sandbox-options.js';
import { seed } from './seed/seed.js';
import { identifyOnSite, siteApp } from './site/site-app.js';

/** The app's registration at an OAuth server of the sandbox. */
export interface SandboxClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: readonly string[];
}

/** A running sandbox. */
export interface Sandbox extends AsyncDisposable {
  /** Stands for `https://SITE.atlassian.net`. */
  readonly siteUrl: string;
  /** Stands for `https://api.atlassian.com`. */
  readonly gatewayUrl: string;
  /** Stands for `https://auth.atlassian.com`; the issuer. */
  readonly authUrl: string;
  /** Stands for `https://api.media.atlassian.com`, where attachments are read without credential. */
  readonly mediaUrl: string;
  readonly cloudId: string;
  readonly people: Readonly<Record<PersonName, Person>>;
  readonly client: SandboxClient;
  /** A service account with its OAuth credential: client credentials, and no scope in the request. */
  readonly serviceAccount: Account & ServiceClient;
  /** A Data Center site of the same people and pages, with a context path and an OAuth provider of its own. */
  readonly dataCenter: {
    /** Stands for `https://HOST/confluence`. */
    readonly url: string;
    readonly client: SandboxClient;
    /** Client credentials; a scope is needed, `READ` or `WRITE`. */
    readonly serviceAccount: Account & ServiceClient;
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
  const { now, accessTokenTtl, refreshReuseInterval, pages, limits } = readOptions(options);
  const { redirectUris, release } =
    options.redirectUris === undefined
      ? await reserveRedirectUris()
      : { redirectUris: options.redirectUris, release: undefined };
  const client = seededClient(redirectUris);
  const flavour = cloudFlavour(client);
  const [site, gateway, auth, server, files] = await listenAll(
    [
      ['site', options.port ?? 0],
      ['gateway', options.gatewayPort ?? 0],
      ['auth', options.authPort ?? 0],
      ['data-center', options.dataCenterPort ?? 0],
      ['media', options.mediaPort ?? 0],
    ],
    now,
  ).finally(release);
  const listeners = [site, gateway, auth, server, files];
  const database = new Database();
  const journal = new Journal();
  const faults = new Faults();
  const media = new MediaStore(files.url, now);
  const store = new TokenStore(now, refreshReuseInterval);
  const shared = { journal, faults };
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

  const countRefreshes = (provider: Provider): void => {
    provider.on('grant.success', (ctx) => {
      if (ctx.oidc.params?.grant_type === 'refresh_token') refreshes += 1;
    });
  };
  const dataCenter = openDataCenter({
    ...shared,
    listener: server,
    database,
    media,
    now,
    client,
    accessTokenTtl,
    refreshReuseInterval,
    limiter: limits.dataCenter && dataCenterLimiter(limits.dataCenter, now),
    onProvider: countRefreshes,
  });

  try {
    seed(database, now(), pages);
    const provider = await createProvider({ issuer: auth.url, flavour, accessTokenTtl, store });
    countRefreshes(provider);
    const cloud = limits.cloud && cloudLimiter(limits.cloud, now);
    const services = { database, now, siteUrl: site.url, cloudId, media };
    site.serve(
      productHandler({
        ...shared,
        name: 'site',
        app: siteApp(services),
        identify: identifyOnSite,
        limiter: cloud,
      }),
    );
    gateway.serve(
      productHandler({
        ...shared,
        name: 'gateway',
        app: gatewayApp(services),
        identify: identifyOnGateway(provider),
        limiter: cloud,
      }),
    );
    files.serve(
      productHandler({
        ...shared,
        name: 'media',
        app: mediaApp(media),
        identify: () => ({}),
      }),
    );
    auth.serve(oauthHandler({ ...shared, provider, flavour }));
  } catch (error) {
    await close();
    throw error;
  }

  return {
    siteUrl: site.url,
    gatewayUrl: gateway.url,
    authUrl: auth.url,
    mediaUrl: media.url,
    cloudId,
    people,
    client: shown(client),
    serviceAccount: { ...serviceAccount, ...flavour.service },
    dataCenter: {
      url: dataCenter.url,
      client: shown(dataCenter.flavour.client),
      serviceAccount: { ...serviceAccount, ...dataCenter.flavour.service },
    },
    requests: journal.entries,
    clearJournal: () => journal.clear(),
    failNext: (fault) => faults.add(fault),
    expireAccessTokens() {
      for (const tokens of [store, dataCenter.store]) tokens.expireAccessTokens();
    },
    revokeGrants() {
      for (const tokens of [store, dataCenter.store]) tokens.revokeGrants();
    },
    get refreshes() {
      return refreshes;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

const shown = ({ clientId, clientSecret, redirectUris }: SandboxClient): SandboxClient => ({
  clientId,
  clientSecret,
  redirectUris,
});

type Wanted = readonly [name: string, port: number];

// When one port is taken the others are given back: a failed start holds nothing.
async function listenAll(
  wanted: readonly [Wanted, Wanted, Wanted, Wanted, Wanted],
  now: () => number,
): Promise<[Listener, Listener, Listener, Listener, Listener]> {
  const tries = await Promise.allSettled(wanted.map(([name, port]) => listen(name, port, now)));
  const open = tries.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  const [site, gateway, auth, server, files] = open;
  if (site && gateway && auth && server && files) return [site, gateway, auth, server, files];
  await Promise.all(open.map((listener) => listener.close()));
  throw tries.find((attempt) => attempt.status === 'rejected')?.reason;
}
