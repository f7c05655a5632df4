import { createRequire } from 'node:module';
import type { Call } from '@tributary/pipeline';
import { afterEach, describe, expect, test } from 'vitest';
import { enterForge, leaveForge, openInForge } from './forge-stand-in.js';

type Request = (path: object, init?: RequestInit) => Promise<Response>;
type Product = 'requestConfluence' | 'requestJira' | 'requestBitbucket';
type Graph = { requestGraph(query: string, variables?: object): Promise<Response> };

interface ForgeApi extends Record<Product, Request> {
  asApp(): Record<Product, Request> & Graph;
  asUser(accountId?: string): Record<Product, Request> & Graph;
  assumeTrustedRoute(path: string): object;
}

// The real package, which `route` is compared with too.
const real: ForgeApi = createRequire(new URL('../../../route/package.json', import.meta.url))(
  '@forge/api',
);

const PATH = '/wiki/api/v2/pages?a=b%20c';
const ROUTE = real.assumeTrustedRoute(PATH);

afterEach(leaveForge);

interface Use {
  readonly name: string;
  readonly forge: () => Promise<Response>;
  readonly ours: Partial<Call>;
}

const products = [
  ['requestConfluence', 'confluence'],
  ['requestJira', 'jira'],
  ['requestBitbucket', 'bitbucket'],
] as const;

const uses: readonly Use[] = products.flatMap(([method, product]): Use[] => [
  {
    name: `asApp().${method}`,
    forge: () => real.asApp()[method](ROUTE),
    ours: { product, principal: { kind: 'app' } },
  },
  {
    name: `asUser().${method}`,
    forge: () => real.asUser()[method](ROUTE),
    ours: { product, principal: { kind: 'user' } },
  },
  {
    name: `asUser('ada').${method}`,
    forge: () => real.asUser('ada')[method](ROUTE),
    ours: { product, principal: { kind: 'user', accountId: 'ada' } },
  },
  {
    name: method,
    forge: () => real[method](ROUTE),
    ours: { product, principal: { kind: 'none' } },
  },
]);

const graphUses: readonly Use[] = [
  {
    name: 'asApp().requestGraph',
    forge: () => real.asApp().requestGraph('query'),
    ours: { product: 'graph', path: '/graphql', principal: { kind: 'app' } },
  },
  {
    name: 'asUser().requestGraph',
    forge: () => real.asUser().requestGraph('query'),
    ours: { product: 'graph', path: '/graphql', principal: { kind: 'user' } },
  },
];

test.for([...uses, ...graphUses])('$name says the same to the platform', async (use) => {
  const theirs = enterForge();
  await use.forge();
  const ours = enterForge();
  await openInForge().send({ path: PATH, ...use.ours });
  expect(ours.map(({ meta, path }) => ({ meta, path }))).toStrictEqual(
    theirs.map(({ meta, path }) => ({ meta, path })),
  );
  expect(theirs).toHaveLength(1);
});

test('method, headers and body are said the same, and nothing of the caller’s is lost', async () => {
  const given = {
    method: 'PUT',
    headers: { 'content-type': 'application/json', accept: 'text/html', 'x-more': '1' },
    body: '{"a":1}',
  };
  const theirs = enterForge();
  await real.asApp().requestConfluence(ROUTE, given);
  const ours = enterForge();
  await openInForge().send({ path: PATH, ...given });
  expect(ours[0]?.init).toMatchObject({ ...theirs[0]?.init });
});

describe('answers', () => {
  /** What code written for Forge looks at. */
  const seen = (work: Promise<Response>) =>
    work.then(
      ({ status }) => ({ status }),
      ({ name, status, serviceKey, errorCode }) => ({ name, status, serviceKey, errorCode }),
    );

  test.for([
    ['a 200', 200, undefined],
    ["the product's own 401", 401, undefined],
    ['a 404', 404, undefined],
    ['a 500', 500, undefined],
    ['an empty word of the proxy', 401, ''],
    ['that the user has to grant access', 401, 'NEEDS_AUTHENTICATION_ERR'],
    ['another word of the proxy', 424, 'SOME_CODE'],
    ['a word of the proxy with a 200', 200, 'SOME_CODE'],
  ] as const)('%s is the same to whoever calls', async ([, status, code]) => {
    const headers: Record<string, string> = code === undefined ? {} : { 'forge-proxy-error': code };
    enterForge(() => new Response('{}', { status, headers }));
    const theirs = await seen(real.asUser().requestConfluence(ROUTE));
    const ours = await seen(openInForge().send({ path: PATH, principal: { kind: 'user' } }));
    expect(ours).toStrictEqual(theirs);
  });
});
