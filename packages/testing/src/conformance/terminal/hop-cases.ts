import assert from 'node:assert/strict';
import { TributaryError } from '@tributary/pipeline';
import { CANARY } from '../canaries.js';
import { rejectionOf } from '../waiting.js';
import type { TerminalBench } from './harness.js';
import { ok, type ReceivedRequest } from './server.js';
import type { TerminalCase } from './terminal-case.js';

type Overrides = Parameters<TerminalBench['call']>[0];

const CODES = [301, 302, 303, 307, 308] as const;

/** Where a redirect may lead, seen from the base. */
const targetsOf = (bench: TerminalBench) => ({
  'within the base': { location: `${bench.base}next`, server: bench.server },
  'out of the base': { location: `${bench.server.origin}ex/confluence/2/x`, server: bench.server },
  'to another origin': { location: `${bench.other.origin}x`, server: bench.other },
});

type Where = keyof ReturnType<typeof targetsOf>;

/** The second request, after the first was answered by a redirect. */
const hop = async (
  bench: TerminalBench,
  status: number,
  location: string,
  overrides: Overrides = {},
): Promise<{ readonly response: Response; readonly next: ReceivedRequest | undefined }> => {
  bench.server.answer((_request, response) => {
    bench.server.answer(ok);
    response.writeHead(status, { location }).end('moved');
  });
  const headers = { 'x-api-key': CANARY.header, ...overrides?.headers };
  const response = await bench.terminal.send(bench.call({ ...overrides, headers }));
  const [own, foreign] = [bench.server.requests, bench.other.requests];
  return { response, next: foreign.at(-1) ?? (own.length > 1 ? own.at(-1) : undefined) };
};

const followed = (code: number, where: Where, method: string): TerminalCase => [
  `${code} ${where} is followed by ${method}`,
  async (bench) => {
    const { location } = targetsOf(bench)[where];
    const { response, next } = await hop(bench, code, location, { method });
    assert.equal(response.status, 200);
    assert.equal(next?.method, method);
    assert.equal(next.url, new URL(location).pathname);
    const { authorization } = next.headers;
    const key = next.headers['x-api-key'];
    if (where === 'within the base') assert.equal(authorization, CANARY.authorization);
    else assert.equal(authorization, undefined, 'a credential left its base');
    if (where === 'to another origin') assert.equal(key, undefined, 'a header left its origin');
  },
];

/** A PUT that must not be repeated where the redirect leads. */
const stopped = (code: number, where: Where): TerminalCase => [
  `${code} ${where} is not followed by a PUT`,
  async (bench) => {
    const { location } = targetsOf(bench)[where];
    const sending = hop(bench, code, location, { method: 'PUT', body: CANARY.body });
    const error = await rejectionOf(sending, 'a body must stay in its base');
    assert.ok(error instanceof TributaryError && error.code === 'REDIRECT_REFUSED', `${error}`);
    assert.equal(bench.server.requests.length + bench.other.requests.length, 1);
  },
];

/** Forms of Location, each a target within the base. */
const LOCATIONS: Readonly<Record<string, readonly [string, string]>> = {
  'a relative path': ['43', '/ex/confluence/1/wiki/api/v2/pages/43'],
  'an absolute path': ['/ex/confluence/1/other?a=b', '/ex/confluence/1/other?a=b'],
  'a query alone': ['?a=%20b', '/ex/confluence/1/wiki/api/v2/pages/42?a=%20b'],
  'dots that stay inside': ['../x', '/ex/confluence/1/wiki/api/v2/x'],
  'a fragment': ['43#part', '/ex/confluence/1/wiki/api/v2/pages/43'],
  'a raw blank': ['a b', '/ex/confluence/1/wiki/api/v2/pages/a%20b'],
};

export const HOP_CASES: readonly TerminalCase[] = [
  ...CODES.flatMap((code) =>
    (['within the base', 'out of the base', 'to another origin'] as const).flatMap((where) => [
      followed(code, where, 'GET'),
      ...(where === 'within the base' ? [followed(code, where, 'HEAD')] : []),
    ]),
  ),
  ...([307, 308] as const).flatMap((code) => [
    stopped(code, 'out of the base'),
    stopped(code, 'to another origin'),
    [
      `${code} within the base repeats a PUT`,
      async (bench: TerminalBench) => {
        const put = { method: 'PUT', body: 'body', headers: { 'content-type': 'a/b' } };
        const { next } = await hop(bench, code, `${bench.base}next`, put);
        assert.deepEqual([next?.method, next?.body.toString()], ['PUT', 'body']);
        assert.equal(next?.headers['content-type'], 'a/b');
        assert.equal(next?.headers.authorization, CANARY.authorization);
      },
    ] as const,
    [
      `${code} can not repeat a stream`,
      async (bench: TerminalBench) => {
        const body = new Blob(['body']).stream();
        const sending = hop(bench, code, `${bench.base}next`, { method: 'PUT', body });
        const error = await rejectionOf(sending, 'a stream is sent once');
        assert.ok(error instanceof TributaryError, `${error}`);
        assert.equal(bench.server.requests.length, 1);
      },
    ] as const,
  ]),
  [
    '303 makes a GET of a PUT, without its body',
    async (bench) => {
      const put = { method: 'PUT', body: 'body', headers: { 'content-type': 'a/b' } };
      const { next } = await hop(bench, 303, `${bench.base}next`, put);
      assert.deepEqual([next?.method, next?.body.length], ['GET', 0]);
      assert.equal(next?.headers['content-type'], undefined);
    },
  ],
  ...Object.entries(LOCATIONS).map(
    ([name, [location, url]]): TerminalCase => [
      `Location may be ${name}`,
      async (bench) => {
        const { next } = await hop(bench, 302, location);
        assert.equal(next?.url, url);
        assert.equal(next.headers.authorization, CANARY.authorization);
      },
    ],
  ),
  [
    'Location may leave out the scheme',
    async (bench) => {
      const { next } = await hop(bench, 302, bench.other.origin.replace('http:', ''));
      assert.equal(next?.url, '/');
      assert.equal(next.headers.authorization, undefined);
    },
  ],
  [
    'an answer says whether it was redirected, and where it came from',
    async (bench) => {
      const direct = await bench.terminal.send(bench.call());
      assert.equal(direct.redirected, false);
      const { response } = await hop(bench, 302, `${bench.base}next`);
      for (const answer of [response.clone(), response]) {
        assert.equal(answer.redirected, true);
        assert.equal(answer.url, `${bench.base}next`);
        assert.deepEqual(await answer.json(), { ok: true });
      }
    },
  ],
  [
    'a redirect without Location is returned',
    async (bench) => {
      bench.server.answer((_request, response) => response.writeHead(302).end('nowhere'));
      const response = await bench.terminal.send(bench.call());
      assert.equal(response.status, 302);
      assert.equal(await response.text(), 'nowhere');
    },
  ],
  [
    '300 and 304 are no redirects, whatever their Location',
    async (bench) => {
      for (const status of [300, 304]) {
        const { response } = await hop(bench, status, `${bench.other.origin}x`);
        assert.equal(response.status, status);
        assert.equal(bench.other.requests.length, 0);
      }
    },
  ],
  [
    'what was left behind does not come back with a later hop',
    async (bench) => {
      bench.other.answer((_request, response) => {
        response.writeHead(302, { location: `${bench.base}back` }).end();
      });
      await hop(bench, 302, `${bench.other.origin}x`);
      const back = bench.server.requests.at(-1);
      assert.ok(back?.url.endsWith('/back'));
      assert.equal(back?.headers.authorization, undefined);
      assert.equal(back?.headers['x-api-key'], undefined);
    },
  ],
];
