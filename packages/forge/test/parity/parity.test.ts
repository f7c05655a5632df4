import type * as forge from '@forge/api';
import { describe, expect, it } from 'vitest';
import { usePlatform } from '../../src/drop-in/current-platform.js';
import * as dropIn from '../../src/drop-in/index.js';
import { forgeApi as real } from '../support/forge-api.js';
import { type Outcome, outcomeOf } from './outcome.js';
import { type StandIn, standIn, withGlobals } from './stand-in.js';
import { USES } from './uses/index.js';
import type { Use } from './uses/use.js';

const ours = dropIn as unknown as typeof forge;

interface Seen extends Outcome {
  readonly calls: StandIn['calls'];
  readonly metrics: StandIn['metrics'];
}

const seen = async (
  { answers, runtime }: Use,
  run: (platform: StandIn) => Promise<Outcome>,
): Promise<Seen> => {
  const platform = standIn(answers, runtime);
  const outcome = await run(platform);
  return { ...outcome, calls: platform.calls.map(onOneLine), metrics: platform.metrics };
};

/** How a query is laid out is nobody's business. */
const onOneLine = ([meta, path, init]: StandIn['calls'][number]): StandIn['calls'][number] => {
  const { body } = (init ?? {}) as { body?: unknown };
  if (typeof body !== 'string') return [meta, path, init];
  return [
    meta,
    path,
    { ...(init as object), body: body.replace(/(\\n|\s)+/g, ' ').replace(/" | "/g, '"') },
  ];
};

const byGlobals = (api: typeof forge, use: Use) =>
  seen(use, (platform) => withGlobals(platform, () => outcomeOf(() => use.run(api))));

const byPlatform = (api: typeof forge, use: Use) =>
  seen(use, async ({ platform }) => {
    const end = usePlatform(platform);
    try {
      return await outcomeOf(() => use.run(api));
    } finally {
      end();
    }
  });

const compare = (actual: Seen, expected: Seen, saysMore = false) => {
  const { message = '', error, ...rest } = actual;
  const { message: words = '', error: theirs, ...theirRest } = expected;
  expect(rest).toStrictEqual(theirRest);
  if (!saysMore) return expect({ message, error }).toStrictEqual({ message: words, error: theirs });
  return expect(message.startsWith(words)).toBe(true);
};

describe('the exports are those of @forge/api', () => {
  const named = (api: object) => Object.keys(api).sort();

  it('by name, and `storage`, which older code imports', () => {
    expect(named(ours)).toStrictEqual([...named(real), 'storage'].sort());
  });

  it.each(named(real) as (keyof typeof forge)[])('%s, by kind', (name) => {
    expect(typeof ours[name]).toBe(typeof real[name]);
    if (typeof real[name] === 'string') expect(ours[name]).toBe(real[name]);
  });
});

describe.each([
  ['over the two globals', byGlobals],
  ['over a platform', byPlatform],
])('each use has the outcome of @forge/api, %s', (_, run) => {
  it.each(USES)('%s', async (_name, use) => {
    const expected = await byGlobals(real, use);
    compare(await run(ours, use), expected, use.saysMore);
  });
});

it('the uses are not all alike', async () => {
  const all = await Promise.all(USES.map(([, use]) => byGlobalsInTurn(use)));
  expect(all.filter(({ calls }) => calls.length > 0).length).toBeGreaterThan(80);
  expect(new Set(all.map(({ settled }) => settled)).size).toBe(3);
});

// The globals are one process's: one use after the other.
let turn: Promise<unknown> = Promise.resolve();
const byGlobalsInTurn = (use: Use): Promise<Seen> => {
  const mine = turn.then(() => byGlobals(real, use));
  turn = mine;
  return mine;
};

describe('errors', () => {
  const errors: Record<string, (api: typeof forge) => unknown> = {
    HttpError: (api) => new api.HttpError('words'),
    FetchError: (api) => new api.FetchError('words'),
    NotAllowedError: (api) => new api.NotAllowedError('words'),
    ExternalEndpointNotAllowedError: (api) => new api.ExternalEndpointNotAllowedError('u'),
    ProductEndpointNotAllowedError: (api) => new api.ProductEndpointNotAllowedError('u'),
    RequestProductNotAllowedError: (api) =>
      new api.RequestProductNotAllowedError('jira', 'confluence'),
    InvalidWorkspaceRequestedError: (api) => new api.InvalidWorkspaceRequestedError('u'),
    NeedsAuthenticationError: (api) => new api.NeedsAuthenticationError('words', 'key'),
    'NeedsAuthenticationError with options': (api) =>
      new api.NeedsAuthenticationError('words', 'key', { scopes: ['a'], isExpectedError: true }),
    ProxyRequestError: (api) => new api.ProxyRequestError(502, 'UPSTREAM'),
  };

  it.each(Object.entries(errors))('%s: name, status, words, fields, stack', async (_, make) => {
    const thrown = (api: typeof forge) =>
      outcomeOf(() => {
        throw make(api);
      });
    expect(await thrown(ours)).toStrictEqual(await thrown(real));
  });

  const names =
    'FUNCTION_ERR REQUEST_EGRESS_ALLOWLIST_ERR FUNCTION_FETCH_ERR NEEDS_AUTHENTICATION_ERR PROXY_ERR SEND_EMAIL_ERR API_NOT_READY_ERR INVALID_REMOTE_ERR Error'.split(
      ' ',
    );

  it.each(names)('predicates say the same of %s', (name) => {
    const error = Object.assign(new Error('x'), { name });
    const expected = Object.assign(new Error('x'), { name, options: { isExpectedError: true } });
    const verdicts = (api: typeof forge) => [
      api.isForgePlatformError(error),
      api.isHostedCodeError(error),
      api.isHostedCodeError(name),
      api.isExpectedError(error),
      api.isExpectedError(expected),
    ];
    expect(verdicts(ours)).toStrictEqual(verdicts(real));
  });

  it("predicates know the other package's errors", () => {
    expect(ours.isForgePlatformError(new real.ProxyRequestError(500, 'x'))).toBe(true);
    expect(real.isHostedCodeError(new ours.NeedsAuthenticationError('a', 'b'))).toBe(true);
  });
});
