import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/index.js';
import { bearer, type Headers, send } from '../sandbox-client.js';

let sandbox: Sandbox;
let now = Date.UTC(2030, 0, 1, 9);
beforeAll(async () => {
  const dataCenter = { capacity: 3, fillRate: 2, intervalSeconds: 10 };
  sandbox = await startSandbox({ now: () => now, limits: { dataCenter } });
});
afterAll(() => sandbox.close());

const current = (headers: Headers) =>
  send(`${sandbox.dataCenter.url}/rest/api/user/current`, headers);
const pat = (name: 'admin' | 'editor' | 'reader') =>
  bearer(sandbox.people[name].personalAccessToken);

const told = async (headers: Headers) => {
  const answer = await current(headers);
  const of = (name: string) => answer.headers.get(name);
  return [answer.status, of('x-ratelimit-remaining'), of('retry-after')];
};

test('each answer tells of the bucket, and a batch comes back every interval', async () => {
  const first = await current(pat('reader'));
  const names = ['limit', 'remaining', 'fillrate', 'interval-seconds'];
  expect(names.map((name) => first.headers.get(`x-ratelimit-${name}`))).toEqual([
    '3',
    '2',
    '2',
    '10',
  ]);
  expect(first.headers.get('retry-after')).toBe('0');
  now += 2_500;
  expect(await told(pat('reader'))).toEqual([200, '1', '0']);
  expect(await told(pat('reader'))).toEqual([200, '0', '8']);
  expect(await told(pat('reader'))).toEqual([429, '0', '8']);
  now += 7_499;
  expect(await told(pat('reader'))).toEqual([429, '0', '1']);
  now += 1;
  expect(await told(pat('reader'))).toEqual([200, '1', '0']);
  now += 60_000;
  expect(await told(pat('reader'))).toEqual([200, '2', '0']);
});

test('it is the user’s, whichever way they authenticate; visitors have none', async () => {
  const { username, password } = sandbox.people.editor;
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  for (const headers of [pat('editor'), { authorization: `Basic ${basic}` }, pat('editor')]) {
    expect((await current(headers)).status).toBe(200);
  }
  expect(await told({ authorization: `Basic ${basic}` })).toEqual([429, '0', '10']);
  expect(await told(pat('admin'))).toEqual([200, '2', '0']);
  for (let visit = 0; visit < 4; visit += 1) expect(await told({})).toEqual([200, null, null]);
  expect(sandbox.requests.filter(({ refusedBy }) => refusedBy === 'tokens')).not.toHaveLength(0);
});

test('the site and the gateway have none of it', async () => {
  const { headers } = await send(`${sandbox.siteUrl}/wiki/api/v2/spaces`);
  expect(headers.get('x-ratelimit-limit')).toBeNull();
});
