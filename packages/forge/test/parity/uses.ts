import type * as forge from '@forge/api';
import type { ForgeRuntime } from '../../src/index.js';
import type { Answer } from './stand-in.js';

type Api = typeof forge;

export interface Use {
  readonly run: (api: Api) => unknown;
  readonly answers?: readonly Answer[];
  readonly runtime?: (runtime: ForgeRuntime) => ForgeRuntime | undefined;
  /** The drop-in says more after Forge's words. */
  readonly saysMore?: boolean;
}

const refused = (code: string, status = 403): Answer => ({
  status,
  headers: { 'forge-proxy-error': code },
});

const json = (body: unknown, status = 200): Answer => ({ status, body: JSON.stringify(body) });
const as = <T>(value: unknown): T => value as T;
const post = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"a":1}' };
const form = new FormData();
form.append('file', new Blob(['x']), 'x.txt');
const bytes = new Uint8Array([1, 2, 3]).buffer;

const products = ['requestJira', 'requestConfluence', 'requestBitbucket'] as const;
const uses: Record<string, Use> = {};

for (const product of products) {
  uses[`${product} by nobody`] = { run: (api) => api[product](api.route`/x/${1}`) };
  uses[`default.${product}`] = { run: (api) => api.default[product](api.route`/x`, post) };
  uses[`asApp().${product}`] = { run: (api) => api.asApp()[product](api.route`/x?a=${'b c'}`) };
  uses[`asUser().${product}`] = { run: (api) => api.asUser()[product](api.route`/x`, post) };
  uses[`asUser(id).${product}`] = { run: (api) => api.asUser('a:b')[product](api.route`/x`) };
  uses[`asApp().withContext().${product}`] = {
    run: (api) => api.asApp().withContext('ari:1')[product](api.route`/x`),
  };
  uses[`asUser(id).withContext().${product}`] = {
    run: (api) => api.asUser('id').withContext('ari:1')[product](api.route`/x`, post),
  };
  for (const path of ['/x', undefined, { value: '/x' }, new URL('https://x.example/')]) {
    uses[`${product}(${String(path)})`] = { run: (api) => api[product](as(path)) };
    uses[`asUser().${product}(${String(path)})`] = {
      run: (api) => api.asUser()[product](as(path)),
    };
  }
}

const bodies = {
  form,
  bytes,
  params: new URLSearchParams({ a: '1' }),
  blob: new Blob(['x']),
  text: 'x',
};
for (const [kind, body] of Object.entries(bodies)) {
  uses[`a body of ${kind}`] = {
    run: (api) =>
      api.asApp().requestConfluence(api.route`/x`, {
        method: 'PUT',
        headers: { 'X-Atlassian-Token': 'nocheck' },
        body: as(body),
      }),
  };
}

Object.assign(uses, {
  requestGraph: { run: (api) => api.asUser('id').requestGraph('query', { a: 1 }, { 'X-A': '1' }) },
  'requestGraph with less': { run: (api) => api.asUser().requestGraph('query') },
  'requestGraph as the app': {
    run: (api) => api.asApp().requestGraph('query', {}, { 'Content-Type': 'text/plain' }),
  },
  requestTeamworkGraph: {
    run: (api) =>
      api.asUser('id').requestTeamworkGraph('query', { a: 1 }, 'op', { e: 1 }, { 'X-A': '1' }),
  },
  'requestTeamworkGraph with less': { run: (api) => api.asUser().requestTeamworkGraph('query') },
  requestConnectedData: { run: (api) => api.asUser('id').requestConnectedData(api.route`//a/b`) },
  'requestConnectedData as the app': {
    run: (api) => api.asApp().requestConnectedData(api.route`a`, post),
  },
  'requestConnectedData of text': { run: (api) => api.asApp().requestConnectedData(as('/a')) },
  requestAtlassian: { run: (api) => api.asUser('id').requestAtlassian(api.route`/a`, post) },
  'requestAtlassian as the app': { run: (api) => api.asApp().requestAtlassian(api.route`/a`) },
  __requestAtlassianAsApp: { run: (api) => api.__requestAtlassianAsApp('/a', post) },
  __requestAtlassianAsUser: { run: (api) => api.__requestAtlassianAsUser('/a') },
  createRequestStargateAsApp: { run: (api) => api.createRequestStargateAsApp()('/a') },
  __fetchProduct: {
    run: (api) =>
      api.__fetchProduct({ type: 'sql', provider: 'app', remote: 'sql' })('/api/v1/execute', post),
  },
  'what asApp() has': { run: (api) => api.asApp() },
  'what asUser() has': { run: (api) => api.asUser() },
  'what withContext() has': { run: (api) => api.asApp().withContext('a') },
  'what the default export has': { run: (api) => api.default },
  'what privacy, permissions, webTrigger and i18n have': {
    run: (api) => [api.privacy, api.permissions, api.webTrigger, api.i18n],
  },

  'status 404': { run: (api) => api.asApp().requestJira(api.route`/x`), answers: [json({}, 404)] },
  'status 401 of the product': {
    run: (api) => api.asUser().requestJira(api.route`/x`),
    answers: [json({}, 401)],
  },
  'status 500': { run: (api) => api.requestJira(api.route`/x`), answers: [json({}, 500)] },
  'consent is missing': {
    run: (api) => api.asUser().requestConfluence(api.route`/x`),
    answers: [refused('NEEDS_AUTHENTICATION_ERR', 401)],
  },
  'the proxy refuses': {
    run: (api) => api.asUser().requestGraph('q'),
    answers: [refused('UPSTREAM_FAILURE', 502)],
  },
  'an empty word of the proxy': {
    run: (api) => api.asApp().requestJira(api.route`/x`),
    answers: [refused('')],
  },

  invokeRemote: { run: (api) => api.invokeRemote('backend', { path: '/x', ...post }) },
  'invokeRemote without path': { run: (api) => api.invokeRemote('backend', as({})) },
  'invokeRemote without key': { run: (api) => api.invokeRemote('', { path: '/x' }) },
  'invokeRemote without anything': {
    run: (api) => as<() => unknown>(api.invokeRemote)(),
    saysMore: true,
  },
  'invokeRemote of an unknown key': {
    run: (api) => api.invokeRemote('nothing', { path: '/x' }),
    answers: [refused('INVALID_REMOTE', 400)],
  },
  'invokeRemote, refused otherwise': {
    run: (api) => api.default.invokeRemote('backend', { path: '/x' }),
    answers: [refused('INVALID_SERVICE_KEY', 400)],
  },
  'invokeRemote, answered 500': {
    run: (api) => api.invokeRemote('backend', { path: '/x' }),
    answers: [json({}, 500)],
  },
  invokeService: { run: (api) => api.invokeService('container', { path: '/x' }) },
  'invokeService without key': { run: (api) => api.invokeService('', { path: '/x' }) },
  'invokeService without path': { run: (api) => api.invokeService('container', { path: '' }) },
  'invokeService of an unknown key': {
    run: (api) => api.default.invokeService('nothing', { path: '/x' }),
    answers: [refused('INVALID_SERVICE_KEY', 400)],
  },
  'invokeService without consent': {
    run: (api) => api.invokeService('container', { path: '/x' }),
    answers: [refused('NEEDS_AUTHENTICATION_ERR', 401)],
  },

  __getRuntime: { run: (api) => api.__getRuntime().appContext },
  '__getRuntime without one': {
    run: (api) => api.__getRuntime(),
    runtime: () => undefined,
    saysMore: true,
  },
  getAppContext: { run: (api) => api.getAppContext() },
  'getAppContext, time left': {
    run: (api) => api.getAppContext().invocationRemainingTimeInMillis(),
  },
  'getAppContext, no time known': {
    run: (api) => api.getAppContext().invocationRemainingTimeInMillis(),
    runtime: (given) => as<ForgeRuntime>({ ...given, lambdaContext: {} }),
  },
  'getAppContext, permissions': { run: (api) => api.getAppContext().permissions?.format() },
  'getAppContext without permissions': {
    run: (api) => api.getAppContext().permissions?.format(),
    runtime: ({ appContext: { permissions: _, ...appContext }, ...given }) => ({
      ...given,
      appContext,
    }),
  },
  'getAppContext without runtime': {
    run: (api) => api.getAppContext(),
    runtime: () => undefined,
    saysMore: true,
  },
  bindInvocationContext: { run: (api) => api.bindInvocationContext(as<() => number>(() => 7))() },

  'authorize() of nobody': {
    run: (api) => api.authorize(),
    runtime: ({ aaid: _, ...given }) => given,
  },
  'what authorize() has': {
    run: (api) => {
      const { onConfluenceContent, onJira, onJiraIssue, onJiraProject } = api.authorize();
      return [onConfluenceContent(1), typeof onJira, onJiraIssue(1), onJiraProject(1)];
    },
  },
  onJira: {
    run: (api) => api.authorize().onJira([{ permissions: ['BROWSE'], projects: [1] }]),
    answers: [json({ projectPermissions: [{ permission: 'BROWSE', projects: [1] }] })],
  },
  'onJira, no answer': { run: (api) => api.authorize().onJira([]), answers: [json({})] },

  'privacy, nobody': { run: (api) => api.privacy.reportPersonalData([]) },
  'privacy, three batches': {
    run: (api) =>
      api.privacy.reportPersonalData(
        Array.from({ length: 181 }, (_, i) => ({ accountId: `${i}`, updatedAt: '2026-01-01' })),
      ),
    answers: [json({ accounts: [{ accountId: '1', status: 'closed' }] }), { status: 204 }],
  },
  'privacy, refused': {
    run: (api) => api.privacy.reportPersonalData([{ accountId: '1', updatedAt: '' }]),
    answers: [json({}, 400)],
  },

  'webTrigger.getUrl': {
    run: (api) => api.webTrigger.getUrl('hook'),
    answers: [json({ data: { createWebTriggerUrl: { url: 'https://x.example/x1/abc' } } })],
  },
  'webTrigger.getUrl, made anew': {
    run: (api) => api.webTrigger.getUrl('hook', true),
    answers: [json({ data: { createWebTriggerUrl: { url: 'u' } } })],
  },
  'webTrigger.getUrl with options': {
    run: (api) =>
      Promise.all([
        api.webTrigger.getUrl('hook', {
          forceCreate: true,
          secretKeyConfig: { key: 'k', noExpiry: true },
        }),
        api.webTrigger.getUrl('hook', { secretKeyConfig: { key: 'k' } }),
      ]),
    answers: [json({ data: { createWebTriggerUrl: { url: 'u' } } })],
  },
  'webTrigger.getUrl without answer': {
    run: (api) => api.webTrigger.getUrl('hook'),
    answers: [json({ errors: [] })],
  },
  'webTrigger.getUrl, status 500': {
    run: (api) => api.webTrigger.getUrl('hook'),
    answers: [json({}, 500)],
  },
  'webTrigger.getUrl, refused by the proxy': {
    run: (api) => api.webTrigger.getUrl('hook'),
    answers: [refused('UPSTREAM', 502)],
  },
  'webTrigger.deleteUrl': {
    run: (api) => api.webTrigger.deleteUrl('https://x.example/public/abc?d=e'),
    answers: [json({ data: { deleteWebTriggerUrl: { success: true } } })],
  },
  'webTrigger.deleteUrl of something else': {
    run: (api) => api.webTrigger.deleteUrl('https://x.example/abc'),
  },
  'webTrigger.deleteUrl, refused': {
    run: (api) => api.webTrigger.deleteUrl('https://x.example/x1/abc'),
    answers: [json({ data: { deleteWebTriggerUrl: { success: false, message: 'no' } } })],
  },
  'webTrigger.deleteUrl without answer': {
    run: (api) => api.webTrigger.deleteUrl('https://x.example/x1/abc'),
    answers: [json({})],
  },
  'webTrigger.queryUrls': {
    run: (api) => Promise.all([api.webTrigger.queryUrls(), api.webTrigger.queryUrls('b')]),
    answers: [
      json({
        data: {
          webTriggerUrlsByAppContext: [
            { triggerKey: 'a', url: 'u1' },
            { triggerKey: 'b', url: 'u2' },
          ],
        },
      }),
    ],
  },
  'webTrigger.queryUrls without answer': {
    run: (api) => api.webTrigger.queryUrls(),
    answers: [json({})],
  },
  'webTrigger.queryUrls, status 403': {
    run: (api) => api.webTrigger.queryUrls(),
    answers: [json({}, 403)],
  },

  withProvider: { run: (api) => api.asUser().withProvider('drive') },
  'withProvider, unknown': { run: (api) => api.asUser().withProvider('nothing'), saysMore: true },
  'withProvider, nothing known': {
    run: (api) => api.asUser().withProvider('drive'),
    runtime: ({ externalAuth: _, ...given }) => given,
    saysMore: true,
  },
  'withProvider, no remotes': { run: (api) => api.asUser().withProvider('no-remotes') },
  'withProvider, a remote that is named': {
    run: (api) => api.asUser().withProvider('no-remotes', 'r').fetch('/x'),
  },
  'withProvider().fetch': {
    run: (api) => api.asUser().withProvider('drive').fetch('/files', post),
  },
  'withProvider().fetch of a Route': {
    run: (api) => api.asUser().withProvider('drive', 'drive-users').fetch(api.route`/users/${1}`),
  },
  'withProvider().fetch without consent': {
    run: (api) => api.asUser().withProvider('drive').fetch('/files'),
    answers: [refused('NEEDS_AUTHENTICATION_ERR', 401)],
  },
  'withProvider().fetch without account': {
    run: (api) => api.asUser().withProvider('unconnected').fetch('/files'),
  },
  'withProvider().fetch without account, remote named': {
    run: (api) => api.asUser().withProvider('unconnected', 'r').fetch('/files'),
  },
  'withProvider().hasCredentials': {
    run: (api) => api.asUser().withProvider('drive').hasCredentials(),
  },
  'withProvider().hasCredentials of scopes': {
    run: (api) =>
      Promise.all([
        api.asUser().withProvider('drive').hasCredentials(['files']),
        api.asUser().withProvider('drive').hasCredentials(['files', 'other']),
        api.asUser().withProvider('drive').asAccount('ben').hasCredentials(['files']),
        api.asUser().withProvider('unconnected').hasCredentials(),
      ]),
  },
  'withProvider().requestCredentials': {
    run: (api) => api.asUser().withProvider('drive').requestCredentials(['files']),
  },
  'withProvider().requestCredentials of an account': {
    run: (api) => api.asUser().withProvider('drive').asAccount('ben').requestCredentials(),
  },
  'withProvider().getAccount': { run: (api) => api.asUser().withProvider('drive').getAccount() },
  'withProvider().getAccount, none': {
    run: (api) => api.asUser().withProvider('unconnected').getAccount(),
  },
  'withProvider().listAccounts': {
    run: (api) => api.asUser().withProvider('drive').listAccounts(),
  },
  'withProvider().listCredentials': {
    run: (api) => api.asUser().withProvider('drive').listCredentials(),
  },
  'withProvider().asAccount': { run: (api) => api.asUser().withProvider('drive').asAccount('ben') },
  'withProvider().asAccount, its account': {
    run: (api) => api.asUser().withProvider('drive').asAccount('ben').getAccount(),
  },
  'withProvider().asAccount().fetch': {
    run: (api) => api.asUser().withProvider('drive').asAccount('ben').fetch('/files'),
  },
  'withProvider().asAccount of a stranger': {
    run: (api) => api.asUser().withProvider('drive').asAccount('no'),
  },
} satisfies Record<string, Use>);

const jiraAnswer = (kind: string, ids: unknown, permission: string) =>
  json({ projectPermissions: [{ permission, [kind]: ids }] });

const check = (
  api: Api,
  on: 'onJiraIssue' | 'onJiraProject',
  ids: (string | number)[],
  name: string,
) => api.authorize()[on](ids)[name]?.();

for (const [on, kind, names] of [
  [
    'onJiraIssue',
    'issues',
    'canAssign canCreate canEdit canMove canDelete canAddComments canEditAllComments canDeleteAllComments canCreateAttachments canDeleteAllAttachments',
  ],
  [
    'onJiraProject',
    'projects',
    'canAssignIssues canCreateIssues canEditIssues canMoveIssues canDeleteIssues canAddComments canEditAllComments canDeleteAllComments canCreateAttachments canDeleteAllAttachments',
  ],
] as const) {
  for (const name of names.split(' ')) {
    uses[`${on}, ${name}`] = {
      run: (api) => check(api, on, [1], name),
      // Whatever was asked for, so that the yes depends on the name of the permission.
      answers: [
        jiraAnswer(kind, [1], name.startsWith('canMove') ? 'MOVE_ISSUES' : 'DELETE_ISSUES'),
      ],
    };
  }
  uses[`${on}, in another order`] = {
    run: (api) => check(api, on, ['2', 1], names.split(' ')[3] as string),
    answers: [jiraAnswer(kind, [1, 2], 'MOVE_ISSUES')],
  };
  uses[`${on}, not all`] = {
    run: (api) => check(api, on, [2, 1], names.split(' ')[3] as string),
    answers: [jiraAnswer(kind, [1], 'MOVE_ISSUES')],
  };
  uses[`${on}, none`] = { run: (api) => check(api, on, [], names.split(' ')[3] as string) };
  uses[`${on}, one id`] = {
    run: (api) => api.authorize()[on](7)[names.split(' ')[3] as string]?.(),
    answers: [jiraAnswer(kind, [7], 'MOVE_ISSUES')],
  };
}

for (const name of ['canRead', 'canUpdate', 'canDelete']) {
  for (const [answer, body] of Object.entries({
    yes: { hasPermission: true },
    no: { hasPermission: false },
    'a 404': { statusCode: 404 },
  })) {
    uses[`onConfluenceContent, ${name}, ${answer}`] = {
      run: (api) => api.authorize().onConfluenceContent('65538')[name]?.(),
      answers: [json(body, answer === 'a 404' ? 404 : 200)],
    };
  }
}
uses['onConfluenceContent, no JSON'] = {
  run: (api) => api.authorize().onConfluenceContent(1).canRead?.(),
  answers: [{ status: 502, body: '<html>' }],
};

/** Each use of the API that an app can make, by name. */
export const USES: readonly (readonly [string, Use])[] = Object.entries(uses);
