import { as, json, post, refused, type Use, type Uses } from './use.js';

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
} satisfies Uses);

export const PRODUCT_USES: Uses = uses;
