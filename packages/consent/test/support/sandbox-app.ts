import {
  anonymous,
  authenticate,
  cloud,
  memoryAccountLinks,
  memoryGrants,
  oauth,
  resolveProviders,
} from '@tributary/auth-providers';
import {
  type ConsentPrompt,
  type ConsentRequest,
  createPipeline,
  type GrantStore,
  noRetry,
  openCall,
  type ProviderServices,
  silentLogger,
  systemClock,
  type Terminal,
} from '@tributary/pipeline';
import { currentInvocation } from '@tributary/pipeline/invocation';
import { type Route, route } from '@tributary/route';
import { type Sandbox, startSandbox, walkConsent } from '@tributary/sandbox';
import { type ConsentOptions, consent } from '../../src/index.js';
import { terminalPrompt } from '../../src/terminal/index.js';
import { freePort } from './loopback.js';

/** The least that puts a call on the wire. */
const fetchTerminal: Terminal = {
  name: 'fetch',
  send(call) {
    const { url, authorization } = openCall(call);
    const headers = { ...call.headers, ...(authorization !== undefined && { authorization }) };
    return fetch(url, { method: call.method, headers, redirect: 'manual' });
  },
};

export interface SandboxApp extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly grants: GrantStore;
  readonly redirectUri: string;
  /** As the invoking user. */
  get(path: Route): Promise<Response>;
  /** Whose grant answers. */
  whoAmI(): Promise<string>;
  /** A terminal whose browser is walked by a person of the sandbox. */
  prompt(
    as: string,
    options?: { readonly deny?: boolean },
  ): ConsentPrompt & { asked: number; readonly requests: readonly ConsentRequest[] };
}

const SCOPES = ['read:page:confluence', 'read:space:confluence', 'read:confluence-user'];

export interface SandboxAppOptions extends ConsentOptions {
  readonly scopes?: readonly string[];
}

export const startApp = async ({
  scopes = SCOPES,
  ...consentOptions
}: SandboxAppOptions = {}): Promise<SandboxApp> => {
  const redirectUri = `http://localhost:${await freePort()}/callback`;
  const sandbox = await startSandbox({ redirectUris: [redirectUri] });
  const grants = memoryGrants();
  const services: ProviderServices = {
    fetch: (url, init) => fetch(url, { ...init, redirect: 'manual' }),
    clock: systemClock,
    grants,
    links: memoryAccountLinks(),
    logger: silentLogger,
  };
  const { clientId, clientSecret } = sandbox.client;
  const user = oauth({
    clientId,
    clientSecret,
    redirectUri,
    authorizationServer: sandbox.authUrl,
    scopes,
  });
  const pipeline = createPipeline({
    resolve: resolveProviders({ none: anonymous()(services), user: user(services) }),
    consent: [consent(consentOptions)],
    retry: noRetry,
    auth: authenticate(),
    transport: fetchTerminal,
  });
  const site = cloud(sandbox.siteUrl, { gateway: sandbox.gatewayUrl });

  const get = (path: Route): Promise<Response> => {
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
  };

  return {
    sandbox,
    grants,
    redirectUri,
    get,
    async whoAmI() {
      const response = await get(route`/wiki/rest/api/user/current`);
      const { accountId } = (await response.json()) as { readonly accountId: string };
      return accountId;
    },
    prompt(as, { deny = false } = {}) {
      const walk = walkConsent({ as, deny });
      const terminal = terminalPrompt({ output: { write() {} }, open: walk });
      const requests: ConsentRequest[] = [];
      const counting = {
        ...terminal,
        asked: 0,
        requests,
        ask: (...given: Parameters<ConsentPrompt['ask']>) => {
          counting.asked += 1;
          requests.push(given[0]);
          return terminal.ask(...given);
        },
      };
      return counting;
    },
    [Symbol.asyncDispose]: async () => {
      await pipeline[Symbol.asyncDispose]();
      await sandbox.close();
    },
  };
};
