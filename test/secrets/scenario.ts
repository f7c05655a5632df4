import { createTributary, ensureOk, factsOf, route, type Tributary } from '@tributary/api';
import {
  apiToken,
  bearer,
  clientCredentials,
  cloud,
  dataCenter,
  dataCenterOAuth,
  explainAuthFailure,
  oauth,
  personalAccessToken,
  singleUser,
} from '@tributary/auth-providers';
import { storedGrants } from '@tributary/auth-providers/di';
import type { AuthProviderFactory, GrantStorage, Site } from '@tributary/pipeline';
import { AUTH_PROVIDERS, type Plugin } from '@tributary/pipeline/di';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { makeCall } from '@tributary/testing';
import { budgetPlugin } from '@tributary/transport/di';
import type { Shown } from './shown.js';
import type { Stage } from './stage.js';

export const READ = route`/wiki/api/v2/pages/${65538}`;
const WHO = route`/wiki/rest/api/user/current`;

/** Shows what came of it, an answer or an error. */
export const attempt = async (shown: Shown, where: string, work: () => Promise<unknown>) => {
  const result = await Promise.resolve()
    .then(work)
    .catch((error: unknown) => error);
  shown.value(where, result);
  if (!(result instanceof Response)) return;
  shown.value(`the facts of ${where}`, factsOf(result));
  shown.value(`the explanation of ${where}`, await explainAuthFailure(result));
  const problem = await ensureOk(result).catch((error: unknown) => error);
  shown.value(`the error of ${where}`, problem);
};

/** Each way that a call can end. */
const failures = (stage: Stage) => {
  const { sandbox } = stage;
  const elsewhere = 'https://media.example.com/file?token=canary-of-a-location-header';
  const scope = { code: 401, message: 'Unauthorized; scope does not match' };
  const headers = { location: elsewhere };
  return [
    ['as it is', () => {}],
    ['unauthorized', () => sandbox.failNext({ status: 401, times: 2 })],
    ['a scope', () => sandbox.failNext({ status: 401, body: scope })],
    ['forbidden', () => sandbox.failNext({ status: 403, body: '<html>' })],
    ['gone', () => sandbox.failNext({ status: 410 })],
    ['limited', () => sandbox.failNext({ status: 429, headers: { 'retry-after': '3600' } })],
    ['an outage', () => sandbox.failNext({ status: 500 })],
    ['a redirect', () => sandbox.failNext({ status: 307, headers })],
  ] as const;
};

export const callEach = async (
  stage: Stage,
  shown: Shown,
  name: string,
  tributary: Tributary,
  as: 'app' | 'user',
) => {
  const api = () => (as === 'app' ? tributary.asApp() : tributary.asUser());
  shown.value(`the client of ${name}`, tributary);
  shown.text(`the chain of ${name}`, tributary.pipeline.explain());
  for (const [what, prepare] of failures(stage)) {
    prepare();
    await attempt(shown, `${name}, ${what}`, () => api().requestConfluence(READ));
  }
  await attempt(shown, `${name}, no page`, () => api().requestConfluence(route`/wiki/x/${1}`));
  await attempt(shown, `${name}, too late`, () => api().requestConfluence(READ, { timeout: 0.01 }));
  const signal = AbortSignal.abort();
  await attempt(shown, `${name}, aborted`, () => api().requestConfluence(READ, { signal }));
  await attempt(shown, `${name}, its own header`, () =>
    api().requestConfluence(READ, { headers: { authorization: 'Bearer canary-of-a-caller' } }),
  );
  await attempt(shown, `who is ${name}`, () => tributary.verify({ as }));
  stage.sandbox.failNext({ status: 200, pathIncludes: 'current', body: { type: 'anonymous' } });
  await attempt(shown, `who is ${name}, to nobody`, () => tributary.verify({ as }));
};

/** Shows the providers themselves too. */
export const showProviders = (shown: Shown): Plugin => ({
  name: 'show-providers',
  register(registry) {
    queueMicrotask(() => shown.value('the providers', registry.get(AUTH_PROVIDERS)));
  },
});

/** Calls that are told to come back in an hour would hold up all that follow. */
export const withoutBudget: Plugin = budgetPlugin(false);

export interface Setting {
  readonly stage: Stage;
  readonly shown: Shown;
  readonly storage: GrantStorage;
  /** Shows what the store's own place holds now. */
  readonly showStore?: () => Promise<void>;
}

/** Every credential that an app may hold, good and bad, and each way that its calls can end. */
export const runApps = async ({ stage, shown, storage }: Setting) => {
  const { sandbox } = stage;
  const { editor } = sandbox.people;
  const { email } = editor;
  const site = cloud(sandbox.siteUrl, { gateway: sandbox.gatewayUrl });
  const center = dataCenter(sandbox.dataCenter.url);
  const { clientId, clientSecret } = sandbox.serviceAccount;
  const authorizationServer = sandbox.authUrl;
  const bad = 'canary-of-a-bad-token';
  shown.canary('bad token', bad);
  shown.canary('bad secret', 'canary-of-a-bad-secret');
  shown.canary('caller', 'canary-of-a-caller');
  shown.canary('location', 'canary-of-a-location-header');

  const apps: readonly (readonly [string, Site, AuthProviderFactory])[] = [
    ['apiToken', site, apiToken({ email, token: editor.apiToken })],
    ['a bad apiToken', site, apiToken({ email, token: bad })],
    ['a scoped token', site, apiToken({ email, token: editor.scopedToken, scoped: true })],
    ['a token at the gateway', site, apiToken({ email, token: editor.apiToken, scoped: true })],
    ['bearer', site, bearer(bad)],
    ['bearer at a site', site, bearer(async () => bad, { base: 'site' })],
    ['clientCredentials', site, clientCredentials({ clientId, clientSecret, authorizationServer })],
    [
      'bad clientCredentials',
      site,
      clientCredentials({ clientId, clientSecret: 'canary-of-a-bad-secret', authorizationServer }),
    ],
    ['a PAT', center, personalAccessToken({ token: editor.personalAccessToken })],
    ['a bad PAT', center, personalAccessToken({ token: bad })],
    [
      'clientCredentials of Data Center',
      center,
      clientCredentials({ ...sandbox.dataCenter.serviceAccount, scopes: ['READ'] }),
    ],
    ['nobody there', cloud('http://127.0.0.1:1'), apiToken({ email, token: editor.apiToken })],
  ];
  for (const [name, at, app] of apps) {
    const plugins = [stage.logging, showProviders(shown), withoutBudget];
    // Where nobody answers, each call would be tried again until its deadline.
    const timeout = at === site || at === center ? 5000 : 100;
    const user = singleUser(app);
    await using tributary = createTributary({ site: at, app, plugins, user, timeout });
    await callEach(stage, shown, name, tributary, 'app');
    await stage.note(storage);
  }
};

/** Consent, refreshes, and each way that these can fail. */
export const runUsers = async ({ stage, shown, storage, showStore }: Setting) => {
  const { sandbox, redirectUri, consent, note } = stage;
  const user = (id: string) => createInvocation({ surface: 'web', user: { id } });
  const users: readonly (readonly [string, Site, AuthProviderFactory])[] = [
    [
      'oauth',
      cloud(sandbox.siteUrl, { gateway: sandbox.gatewayUrl }),
      oauth({
        clientId: sandbox.client.clientId,
        clientSecret: sandbox.client.clientSecret,
        redirectUri,
        authorizationServer: sandbox.authUrl,
        scopes: ['read:me', 'read:page:confluence', 'read:confluence-user'],
      }),
    ],
    [
      'dataCenterOAuth',
      dataCenter(sandbox.dataCenter.url),
      dataCenterOAuth({
        clientId: sandbox.dataCenter.client.clientId,
        clientSecret: sandbox.dataCenter.client.clientSecret,
        redirectUri,
        scopes: ['READ'],
      }),
    ],
  ];

  for (const [name, site, factory] of users) {
    let built: ReturnType<AuthProviderFactory> | undefined;
    const plugins = [
      stage.logging,
      showProviders(shown),
      withoutBudget,
      storedGrants({ ...storage, dispose: async () => {} }),
    ];
    await using tributary = createTributary({
      site,
      plugins,
      user: (services) => {
        built = factory(services);
        return built;
      },
    });
    const provider = built;
    if (provider === undefined) throw new Error('the provider was not built');
    const flowOf = (id: string) => {
      const call = makeCall({ site, principal: { kind: 'user' }, invocation: user(id) });
      const flow = provider.authorization?.(call);
      if (flow === undefined) throw new Error('nobody can be asked');
      shown.value(`the flow of ${name}`, flow);
      return flow;
    };
    const asUser = (id: string, work: () => Promise<unknown>) => runInInvocation(user(id), work);
    const tokenEndpoint = {
      listener: site.deployment === 'cloud' ? 'auth' : 'data-center',
    } as const;

    await attempt(shown, `${name} without a grant`, () =>
      asUser('u1', () => tributary.asUser().requestConfluence(WHO)),
    );
    await attempt(shown, `${name} denied`, async () => consent(flowOf('u1'), 'nobody'));
    await attempt(shown, `${name} with another state`, async () =>
      consent(flowOf('u1'), 'editor', (callback) => callback.set('state', 'x')),
    );
    await attempt(shown, `${name} with another code`, async () =>
      consent(flowOf('u1'), 'editor', (callback) => callback.set('code', 'x')),
    );
    sandbox.failNext({ ...tokenEndpoint, pathIncludes: '/token', status: 503 });
    await attempt(shown, `${name} with an outage`, async () => consent(flowOf('u1'), 'editor'));
    await attempt(shown, `${name} granted`, async () => consent(flowOf('u1'), 'editor'));
    await note(storage);
    await showStore?.();

    await asUser('u1', () => callEach(stage, shown, name, tributary, 'user'));
    await note(storage);
    for (const status of [undefined, 503, 400, 401, 403]) {
      sandbox.expireAccessTokens();
      const fault = { ...tokenEndpoint, pathIncludes: '/token', times: 3 };
      if (status !== undefined) {
        sandbox.failNext({ ...fault, status, body: { error: 'invalid_client' } });
      }
      await attempt(shown, `${name} renewed with ${status}`, () =>
        asUser('u1', () => tributary.asUser().requestConfluence(WHO)),
      );
      await note(storage);
    }
    await showStore?.();
    sandbox.revokeGrants();
    await attempt(shown, `${name} revoked`, () =>
      asUser('u1', () => tributary.asUser().requestConfluence(WHO)),
    );
  }
};
