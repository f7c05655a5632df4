import { afterEach, describe, expect, test } from 'vitest';
import { type CloudLimits, type Sandbox, startSandbox } from '../../src/index.js';
import {
  basic,
  bearer,
  type Headers,
  type List,
  type Page,
  send,
  sendJson,
} from '../sandbox-client.js';

/** The full hour, so that a window of an hour begins with it. */
const HOUR = Date.UTC(2030, 0, 1, 9);

let sandbox: Sandbox;
let now = HOUR;
afterEach(() => sandbox.close());

const open = async (cloud: CloudLimits) => {
  now = HOUR;
  sandbox = await startSandbox({ now: () => now, limits: { cloud } });
  return sandbox;
};

/** An access token of the app: of the service account. */
const asApp = async (): Promise<Headers> => {
  const { clientId: client_id, clientSecret: client_secret } = sandbox.serviceAccount;
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret });
  const url = `${sandbox.authUrl}/oauth/token`;
  const answer = await send<{ access_token: string }>(url, {}, { method: 'POST', body });
  return bearer(answer.body.access_token);
};

const onSite = (path: string) => `${sandbox.siteUrl}/wiki${path}`;
const onGateway = (path: string) =>
  `${sandbox.gatewayUrl}/ex/confluence/${sandbox.cloudId}/wiki${path}`;
const asEditor = () => basic(sandbox.people.editor);

const rateHeaders = (headers: globalThis.Headers) =>
  Object.fromEntries([...headers].filter(([name]) => /rate-?limit|retry-after/.test(name)));

const statuses = async (count: number, url: string, headers: Headers = {}): Promise<number[]> => {
  const found: number[] = [];
  for (let i = 0; i < count; i += 1) found.push((await send(url, headers)).status);
  return found;
};

test('without limits no answer tells of any', async () => {
  sandbox = await startSandbox();
  const { headers } = await send(onSite('/api/v2/spaces'), asEditor());
  expect(rateHeaders(headers)).toEqual({});
});

describe('the burst limit', () => {
  test('is told by each answer, and refuses what is over', async () => {
    await open({ burst: { perSecond: 2 } });
    const spaces = onSite('/api/v2/spaces');
    const first = await send(spaces, asEditor());
    expect(rateHeaders(first.headers)).toEqual({
      'x-ratelimit-limit': '2',
      'x-ratelimit-remaining': '1',
    });
    await send(spaces, asEditor());
    const refused = await send(spaces, asEditor());
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({ code: 429 });
    expect(rateHeaders(refused.headers)).toEqual({
      'x-ratelimit-limit': '2',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '2030-01-01T09:00:01Z',
      'ratelimit-reason': 'confluence-burst-based',
      'retry-after': '1',
    });
    expect(refused.headers.get('atl-traceid')).not.toBeNull();
  });

  test('comes back steadily, up to its capacity', async () => {
    await open({ burst: { perSecond: 2, capacity: 3 } });
    const spaces = onSite('/api/v2/spaces');
    expect(await statuses(4, spaces)).toEqual([200, 200, 200, 429]);
    now += 499;
    expect(await statuses(1, spaces)).toEqual([429]);
    now += 1;
    expect(await statuses(2, spaces)).toEqual([200, 429]);
    now += 60_000;
    expect(await statuses(4, spaces)).toEqual([200, 200, 200, 429]);
  });

  test('is of one endpoint and method, for everybody, at the site and the gateway together', async () => {
    await open({ burst: { perSecond: 1 } });
    const [page] = (await send<List<Page>>(onSite('/api/v2/pages'), asEditor())).body.results;
    expect(await statuses(1, onSite('/api/v2/spaces'), asEditor())).toEqual([200]);
    // Another person, another credential, the other address: the same endpoint.
    expect(await statuses(1, onGateway('/api/v2/spaces'), await asApp())).toEqual([429]);
    expect(await statuses(1, onGateway('/api/v2/pages?limit=1'), await asApp())).toEqual([429]);
    // Ids make no endpoint.
    expect(await statuses(1, onSite(`/api/v2/pages/${page?.id}`), asEditor())).toEqual([200]);
    expect(await statuses(1, onSite('/api/v2/pages/1'), asEditor())).toEqual([429]);
    expect((await send(onSite('/api/v2/pages'), {}, { method: 'POST' })).status).not.toBe(429);
  });

  test('is none of the Data Center site’s, nor of another sandbox', async () => {
    await open({ burst: { perSecond: 1 } });
    await using other = await startSandbox({ limits: { cloud: { burst: { perSecond: 1 } } } });
    expect(await statuses(2, onSite('/rest/api/user/current'))).toEqual([200, 429]);
    const dataCenter = `${sandbox.dataCenter.url}/rest/api/user/current`;
    expect(
      await statuses(3, dataCenter, bearer(sandbox.people.editor.personalAccessToken)),
    ).toEqual([200, 200, 200]);
    expect(await statuses(1, `${other.siteUrl}/wiki/rest/api/user/current`)).toEqual([200]);
  });

  test('counts nothing but product calls', async () => {
    await open({ burst: { perSecond: 1 } });
    expect(await statuses(3, `${sandbox.siteUrl}/_edge/tenant_info`)).toEqual([200, 200, 200]);
    const resources = `${sandbox.gatewayUrl}/oauth/token/accessible-resources`;
    expect(await statuses(3, resources, await asApp())).toEqual([200, 200, 200]);
  });
});

describe('the quota', () => {
  test('is told when most is spent, refuses when all is, and comes back at the full hour', async () => {
    await open({ quota: { points: 20 } });
    const headers = await asApp();
    const page = onGateway('/api/v2/pages/98305');
    now += 600_000;
    const first = await send(page, headers);
    expect(first.status).toBe(200);
    expect(rateHeaders(first.headers)).toEqual({
      'beta-ratelimit-policy': '"global-app-quota";q=20;w=3600',
      'beta-ratelimit': '"global-app-quota";t=3000',
    });
    expect(await statuses(7, page, headers)).toEqual(Array(7).fill(200));
    now += 500;
    const ninth = await send(page, headers);
    expect(rateHeaders(ninth.headers)).toMatchObject({
      'beta-ratelimit': '"global-app-quota";r=2;t=3000',
      'x-ratelimit-nearlimit': 'true',
    });
    expect(await statuses(1, page, headers)).toEqual([200]);
    const refused = await send(page, headers);
    expect(refused.status).toBe(429);
    expect(rateHeaders(refused.headers)).toEqual({
      'beta-ratelimit-policy': '"global-app-quota";q=20;w=3600',
      'beta-ratelimit': '"global-app-quota";r=0;t=3000',
      'x-ratelimit-nearlimit': 'true',
      'x-ratelimit-limit': '20',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '2030-01-01T10:00:00.500Z',
      'ratelimit-reason': 'confluence-quota-global-based',
      'retry-after': '3000',
    });
    now = HOUR + 3_599_999;
    expect(await statuses(1, page, headers)).toEqual([429]);
    now += 1;
    // The token has ended in the meantime.
    expect(await statuses(1, page, await asApp())).toEqual([200]);
  });

  test('may be the app’s at this tenant, and of another window, told to the ms', async () => {
    await open({ quota: { points: 2, windowMs: 1_500, pool: 'tenant', resolutionMs: 1 } });
    const headers = await asApp();
    const page = onGateway('/api/v2/pages/98305');
    now = HOUR + 250;
    expect(await statuses(1, page, headers)).toEqual([200]);
    const refused = await send(page, headers);
    expect(rateHeaders(refused.headers)).toMatchObject({
      'beta-ratelimit-policy': '"tenant-app-quota";q=2;w=1.5',
      'ratelimit-reason': 'confluence-quota-tenant-based',
      'x-ratelimit-reset': '2030-01-01T09:00:01.500Z',
      'retry-after': '1.25',
    });
  });

  const left = (headers: globalThis.Headers) =>
    Number(/r=(\d+)/.exec(headers.get('beta-ratelimit') ?? '')?.[1]);

  test('charges a point for a call, one more for each page, two for a user, one for a write', async () => {
    await open({ quota: { points: 200 } });
    const headers = await asApp();
    // Down to where answers tell what is left.
    const list = onGateway('/api/v2/pages?limit=80');
    expect(left((await send(list, headers)).headers)).toBeNaN();
    expect(left((await send(list, headers)).headers)).toBe(200 - 2 * 81);
    const cost = async (path: string, method = 'GET') => {
      const was = left((await send(onGateway('/api/v2/pages/1'), headers)).headers);
      const answer = await send(onGateway(path), headers, { method });
      return was - left(answer.headers);
    };
    expect(await cost('/api/v2/pages/98305')).toBe(2);
    expect(await cost('/api/v2/pages?limit=3')).toBe(4);
    expect(await cost('/api/v2/spaces/65538')).toBe(2);
    expect(await cost('/rest/api/user/current')).toBe(3);
    expect(await cost('/api/v2/pages/98305/labels')).toBe(1);
    expect(await cost('/api/v2/pages/1')).toBe(1);
    expect(await cost('/api/v2/pages/1', 'DELETE')).toBe(1);
  });

  test('is of one app, and none of API tokens', async () => {
    await open({ quota: { points: 2 } });
    const headers = await asApp();
    const path = '/api/v2/pages/98305';
    expect(await statuses(2, onGateway(path), headers)).toEqual([200, 429]);
    expect(await statuses(2, onGateway(path), await asApp())).toEqual([429, 429]);
    expect(await statuses(2, onSite(path), asEditor())).toEqual([200, 200]);
    const scoped = basic(sandbox.people.editor, 'scopedToken');
    const { status, headers: told } = await send(onGateway(path), scoped);
    expect(status).toBe(200);
    expect(rateHeaders(told)).toEqual({});
  });
});

test('what is refused has no effect, and the journal says by what', async () => {
  await open({ burst: { perSecond: 2 }, quota: { points: 3 } });
  const headers = await asApp();
  const home = (await send<Page>(onGateway('/api/v2/pages/98305'), headers)).body;
  const create = (title: string) =>
    sendJson(onGateway('/api/v2/pages'), headers, {
      spaceId: home.spaceId,
      title,
      body: { representation: 'storage', value: '<p>x</p>' },
    });
  sandbox.clearJournal();
  expect((await create('Passes')).status).toBe(200);
  expect((await create('Costs a point too many')).status).toBe(429);
  expect((await create('Comes too soon')).status).toBe(429);
  expect(sandbox.requests.map(({ status, refusedBy }) => [status, refusedBy])).toEqual([
    [200, undefined],
    [429, 'quota'],
    [429, 'burst'],
  ]);
  expect(sandbox.requests[1]?.principal).toBe(sandbox.serviceAccount.accountId);
  const titles = async (title: string) => {
    now += 1_000;
    const query = new URLSearchParams({ title });
    return (await send<List<Page>>(onSite(`/api/v2/pages?${query}`), asEditor())).body.results;
  };
  expect(await titles('Passes')).toHaveLength(1);
  expect(await titles('Costs a point too many')).toHaveLength(0);
  expect(await titles('Comes too soon')).toHaveLength(0);
});

test('a fault comes first, and costs nothing', async () => {
  await open({ burst: { perSecond: 1 } });
  sandbox.failNext({ status: 503, times: 2 });
  expect(await statuses(4, onSite('/api/v2/spaces'))).toEqual([503, 503, 200, 429]);
});
