import {
  anonymous,
  authenticate,
  cloud,
  memoryStorage,
  oauth,
  resolveProviders,
} from '@tributary/auth-providers';
import {
  type ConsentDesk,
  createPipeline,
  type GrantStorage,
  noRetry,
  openCall,
  type ProviderServices,
  silentLogger,
  systemClock,
  type Terminal,
} from '@tributary/pipeline';
import { createInvocation, currentInvocation } from '@tributary/pipeline/invocation';
import type { Route } from '@tributary/route';
import type { Sandbox } from '@tributary/sandbox';
import { consent } from '../../src/index.js';

/** The least that puts a call on the wire. */
const fetchTerminal: Terminal = {
  name: 'fetch',
  send(call) {
    const { url, authorization } = openCall(call);
    const headers = { ...call.headers, ...(authorization !== undefined && { authorization }) };
    return fetch(url, { method: call.method, headers, redirect: 'manual' });
  },
};

export interface Client extends AsyncDisposable {
  readonly desk: ConsentDesk;
  readonly storage: GrantStorage;
  /** As the user of the invocation that runs. */
  get(path: Route): Promise<Response>;
}

export interface ClientOptions {
  readonly sandbox: Sandbox;
  readonly redirectUri: string;
  readonly scopes?: readonly string[];
  readonly storage?: GrantStorage;
  readonly incremental?: boolean;
}

/** A client of the sandbox with the chain's real parts: the provider, its stores and the consent slot. */
export const startClient = (options: ClientOptions): Client => {
  const { sandbox, redirectUri, storage = memoryStorage(), incremental = false } = options;
  const services: ProviderServices = {
    fetch: (url, init) => fetch(url, { ...init, redirect: 'manual' }),
    clock: systemClock,
    grants: storage.grants,
    links: storage.links,
    logger: silentLogger,
  };
  const { clientId, clientSecret } = sandbox.client;
  const user = oauth({
    clientId,
    clientSecret,
    redirectUri,
    authorizationServer: sandbox.authUrl,
    scopes: options.scopes ?? ['read:space:confluence', 'read:confluence-user'],
  })(services);
  const site = cloud(sandbox.siteUrl, { gateway: sandbox.gatewayUrl });
  const pipeline = createPipeline({
    resolve: resolveProviders({ none: anonymous()(services), user }),
    consent: [consent({ incremental })],
    retry: noRetry,
    auth: authenticate(),
    transport: fetchTerminal,
  });
  return {
    storage,
    desk: {
      pending: storage.pending,
      flow({ user: asked, site: where = site, scopes }) {
        const invocation = createInvocation({ surface: 'web', user: asked });
        const flow = user.authorization?.(
          { site: where, principal: { kind: 'user' }, invocation },
          scopes === undefined ? {} : { scopes },
        );
        if (flow === undefined) throw new Error('The provider asks nobody.');
        return flow;
      },
      revoke: () => Promise.reject(new Error('Not asked for here.')),
    },
    get(path) {
      const invocation = currentInvocation();
      return pipeline.send({
        product: 'confluence',
        site,
        principal: { kind: 'user' },
        ...(invocation && { invocation }),
        path: path.value,
        template: path.template,
        method: 'GET',
        headers: {},
        redirect: 'follow',
        options: {},
      });
    },
    [Symbol.asyncDispose]: async () => {
      await pipeline[Symbol.asyncDispose]();
      await storage.dispose();
    },
  };
};
