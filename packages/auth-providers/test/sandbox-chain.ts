import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AuthorizationFlow,
  type AuthProviderFactory,
  type Call,
  type Clock,
  createPipeline,
  noRetry,
  openCall,
  type Principal,
  type ServiceFetch,
  systemClock,
  type Terminal,
} from '@tributary/pipeline';
import { createInvocation } from '@tributary/pipeline/invocation';
import { route } from '@tributary/route';
import { type Sandbox, startSandbox, walkConsent } from '@tributary/sandbox';
import { collectLogs, makeCall } from '@tributary/testing';
import {
  anonymous,
  authenticate,
  cloud,
  memoryAccountLinks,
  memoryGrants,
  oauth,
  resolveProviders,
} from '../src/index.js';

/** Without /wiki, as authorize() has it. */
const CURRENT_USER = route`/rest/api/user/current`;

const serviceFetch: ServiceFetch = (url, init) => fetch(url, { ...init, redirect: 'manual' });

const fetchTerminal: Terminal = {
  name: 'fetch',
  async send(call) {
    const { url, authorization } = openCall(call);
    const headers = { ...call.headers, ...(authorization !== undefined && { authorization }) };
    return fetch(url, { method: call.method, headers, signal: call.signal ?? null });
  },
};

let passed = 0;
const laterClock: Clock = { ...systemClock, now: () => Date.now() + passed };

/** Lets time pass for chains and sandboxes alike: a token just renewed is not renewed again on a 401. */
export const passTime = (ms: number): void => {
  passed += ms;
};

/** An app's callback page, and the sandbox that knows it. */
export const openSandbox = async () => {
  const callbacks = new Map<string, (callback: URLSearchParams) => void>();
  const server: Server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    callbacks.get(searchParams.get('state') ?? '')?.(searchParams);
    response.end('done');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  const sandbox = await startSandbox({ redirectUris: [redirectUri], now: laterClock.now });

  /** Has a person of the sandbox click through consent, over HTTP. */
  const consent = async (flow: AuthorizationFlow, as: string, deny = false) => {
    const pending = await flow.start();
    const called = new Promise<URLSearchParams>((resolve) => {
      callbacks.set(pending.state, resolve);
    });
    await walkConsent({ as, deny })(pending.url);
    return flow.complete(pending, await called);
  };

  return {
    sandbox,
    redirectUri,
    consent,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await sandbox.close();
    },
  };
};

export const siteOf = (sandbox: Sandbox) => cloud(sandbox.siteUrl, { gateway: sandbox.gatewayUrl });

/** The chain with this package's two slots, and the least for the others. */
export const openChain = (
  sandbox: Sandbox,
  redirectUri: string,
  parts: { readonly app?: AuthProviderFactory; readonly user?: AuthProviderFactory } = {},
) => {
  const logger = collectLogs();
  const clock = laterClock;
  const services = {
    fetch: serviceFetch,
    clock,
    grants: memoryGrants(),
    links: memoryAccountLinks(),
    logger,
  };
  const user = (
    parts.user ??
    oauth({
      clientId: sandbox.client.clientId,
      clientSecret: sandbox.client.clientSecret,
      redirectUri,
      authorizationServer: sandbox.authUrl,
      scopes: ['read:me', 'read:page:confluence', 'read:confluence-user'],
    })
  )(services);
  const providers = {
    none: anonymous()(services),
    user,
    ...(parts.app && { app: parts.app(services) }),
  };
  const pipeline = createPipeline({
    resolve: resolveProviders(providers),
    retry: noRetry,
    auth: authenticate(),
    transport: fetchTerminal,
  });
  const site = siteOf(sandbox);

  const callOf = (principal: Principal, id: string | undefined, overrides: Partial<Call>): Call =>
    makeCall({
      site,
      principal,
      path: CURRENT_USER.value,
      template: CURRENT_USER.template,
      ...(id !== undefined && {
        invocation: createInvocation({ surface: 'web', user: { id } }),
      }),
      ...overrides,
    });

  return {
    ...services,
    asUser: (id: string, overrides: Partial<Call> = {}) =>
      pipeline.send(callOf({ kind: 'user' }, id, overrides)),
    asApp: (overrides: Partial<Call> = {}) =>
      pipeline.send(callOf({ kind: 'app' }, undefined, overrides)),
    bare: (overrides: Partial<Call> = {}) =>
      pipeline.send(callOf({ kind: 'none' }, undefined, overrides)),
    async flow(id: string, overrides: Partial<Call> = {}) {
      const flow = user.authorization?.(callOf({ kind: 'user' }, id, overrides));
      if (flow === undefined) throw new Error('nobody can be asked');
      return flow;
    },
  };
};
