import type { Provider } from 'oidc-provider';
import type { Database } from '../database.js';
import type { Faults } from '../faults.js';
import type { Journal } from '../journal.js';
import type { Limiter } from '../limits/limiter.js';
import type { Listener, RequestHandler } from '../listener.js';
import type { MediaStore } from '../media/media-store.js';
import { TokenStore } from '../oauth/adapter.js';
import { dataCenterClient, type OAuthClient } from '../oauth/client.js';
import { dataCenterFlavour, type Flavour } from '../oauth/flavour.js';
import { oauthHandler } from '../oauth/oauth-listener.js';
import { createProvider } from '../oauth/provider.js';
import { productHandler } from '../product-listener.js';
import { contextPath, dataCenterApp } from './data-center-app.js';
import { identifyOnDataCenter } from './identify.js';

interface DataCenterOptions {
  readonly listener: Listener;
  readonly database: Database;
  readonly media: MediaStore;
  readonly now: () => number;
  /** The app as Cloud knows it. */
  readonly client: OAuthClient;
  readonly accessTokenTtl: number;
  readonly refreshReuseInterval: number;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly limiter: Limiter | undefined;
  readonly onProvider: (provider: Provider) => void;
}

interface DataCenter {
  readonly url: string;
  readonly flavour: Flavour;
  readonly store: TokenStore;
}

/** Puts a Data Center site behind a port. Its OAuth provider is made when somebody first needs it. */
export function openDataCenter(options: DataCenterOptions): DataCenter {
  const { listener, database, media, now, journal, faults, accessTokenTtl, onProvider } = options;
  const url = `${listener.url}${contextPath}`;
  const flavour = dataCenterFlavour(dataCenterClient(options.client), contextPath);
  const store = new TokenStore(now, options.refreshReuseInterval);

  let made: Promise<Provider> | undefined;
  const provider = (): Promise<Provider> => {
    made ??= createProvider({ issuer: url, flavour, accessTokenTtl, store }).then((created) => {
      onProvider(created);
      return created;
    });
    return made;
  };
  let oauth: Promise<RequestHandler> | undefined;
  const openOAuth = (): Promise<RequestHandler> => {
    oauth ??= provider().then((it) => oauthHandler({ provider: it, flavour, journal, faults }));
    return oauth;
  };
  const rest = productHandler({
    name: 'data-center',
    app: dataCenterApp({ database, now, siteUrl: url, cloudId: '', media }),
    identify: identifyOnDataCenter(provider),
    journal,
    faults,
    limiter: options.limiter,
  });

  listener.serve((request, response) => {
    const isOAuth = /^\/confluence\/(?:rest|plugins\/servlet)\/oauth2\//.test(request.url ?? '');
    if (!isOAuth) return rest(request, response);
    openOAuth().then(
      (handler) => handler(request, response),
      () => response.writeHead(500).end(),
    );
  });
  return { url, flavour, store };
}
