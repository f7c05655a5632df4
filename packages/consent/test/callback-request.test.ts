import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { judgeRequest } from '../src/terminal/callback-request.js';
import { freePort, type KnockOptions } from './support/loopback.js';
import { askInTerminal } from './support/terminal-round.js';

let port = 0;
beforeEach(async () => {
  port = await freePort();
});

describe('the prompt goes on waiting after', () => {
  const wrong: readonly (readonly [string, number, (state: string) => Partial<KnockOptions>])[] = [
    ['a foreign Host', 400, () => ({ headers: { host: 'evil.example' } })],
    [
      'a Host that is the same machine by another name',
      400,
      () => ({ headers: { host: `localhost:${port}` } }),
    ],
    ['a Host without the port', 400, () => ({ headers: { host: '127.0.0.1' } })],
    ['another path', 400, (state) => ({ path: `/other?code=c&state=${state}` })],
    ['a longer path', 400, (state) => ({ path: `/callback/?code=c&state=${state}` })],
    [
      'a path with dot segments',
      400,
      (state) => ({ path: `/x/../callback?code=c&state=${state}` }),
    ],
    [
      'an absolute target',
      400,
      (state) => ({ path: `http://evil.example/callback?code=c&state=${state}` }),
    ],
    ['POST', 400, () => ({ method: 'POST' })],
    ['OPTIONS', 400, () => ({ method: 'OPTIONS' })],
    ['HEAD', 400, () => ({ method: 'HEAD' })],
    ['another state', 400, () => ({ path: '/callback?code=c&state=guess' })],
    ['no state', 400, () => ({ path: '/callback?code=c' })],
    ['an empty state', 400, () => ({ path: '/callback?code=c&state=' })],
    ['two states', 400, (state) => ({ path: `/callback?code=c&state=${state}&state=x` })],
    [
      'a denial with another state',
      400,
      () => ({ path: '/callback?error=access_denied&state=guess' }),
    ],
    ['neither code nor error', 400, (state) => ({ path: `/callback?state=${state}` })],
    ['the favicon', 404, () => ({ path: '/favicon.ico' })],
  ];
  it.each(wrong)('%s', async (_, status, request) => {
    const round = await askInTerminal(port);
    const refused = await round.knock(request(round.state));
    expect(refused.status).toBe(status);
    expect(refused.headers['cache-control']).toBe('no-store');
    expect(round.flow.exchanged).toEqual([]);
    expect((await round.knock({})).status).toBe(200);
    expect(await round.outcome).toBe('granted');
  });
});

describe('judgeRequest', () => {
  const redirectUri = new URL('http://localhost:53682/callback');
  const expected = { redirectUri, state: 'the-state' };
  const judge = (url: string, host = 'localhost:53682') =>
    judgeRequest({ method: 'GET', url, headersDistinct: { host: [host] } }, expected);

  it('takes what was asked for, in any case of the host', () => {
    const judged = judge('/callback?code=c&state=the-state&iss=x', 'LocalHost:53682');
    expect('params' in judged && judged.params.get('code')).toBe('c');
  });

  it('refuses two hosts and none', () => {
    for (const host of [['localhost:53682', 'evil.example'], []]) {
      const url = '/callback?code=c&state=the-state';
      const judged = judgeRequest({ method: 'GET', url, headersDistinct: { host } }, expected);
      expect(judged).toMatchObject({ status: 400 });
    }
  });

  it('never takes a request that does not hold the state, whatever else it holds', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (path, query) => {
        expect(judge(`/callback?${query}`)).not.toHaveProperty('params');
        expect(judge(`${path}?${query}`)).not.toHaveProperty('params');
        expect(judge(`/${path}?code=c&state=the-state`)).not.toHaveProperty('params');
      }),
    );
  });
});
