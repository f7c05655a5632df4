import { InvalidResponseError, RequestError, ResponseError } from '@tributary/pipeline';
import { RouteError, route } from '@tributary/route';
import { type Sandbox, startSandbox } from '@tributary/sandbox';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { retry } from '../src/index.js';
import { type Paginated, PagingLoopError, paginate } from '../src/paging/index.js';
import { failure } from './support/calls.js';
import { type TestApi, testApi } from './support/product-api.js';
import { type Answer, type Received, serve } from './support/serve.js';

interface Page {
  readonly id: string;
}

const collect = async <T>(list: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of list) all.push(item);
  return all;
};

describe('against the sandbox', () => {
  let sandbox: Sandbox;
  let site: TestApi;
  let gateway: TestApi;
  beforeAll(async () => {
    sandbox = await startSandbox();
    const basic = (secret: string) =>
      `Basic ${Buffer.from(`${sandbox.people.admin.email}:${secret}`).toString('base64')}`;
    site = testApi({
      base: sandbox.siteUrl,
      authorization: basic(sandbox.people.admin.apiToken),
      retry: retry({ baseDelay: 1 }),
    });
    gateway = testApi({
      base: `${sandbox.gatewayUrl}/ex/confluence/${sandbox.cloudId}`,
      authorization: basic(sandbox.people.admin.scopedToken),
    });
  });
  afterAll(async () => {
    await site[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
    await sandbox.close();
  });

  test('v2 cursors are followed to the end, also at the gateway, whose links name the site', async () => {
    const path = route`/wiki/api/v2/pages?limit=${30}&sort=${'-modified-date'}`;
    const [there, here] = await Promise.all([
      collect(paginate<Page>(site, path)),
      collect(paginate<Page>(gateway, path)),
    ]);
    expect(new Set(there.map(({ id }) => id)).size).toBe(200);
    expect(here).toEqual(there);
    expect(new Set(gateway.calls.map(({ template }) => template))).toEqual(
      new Set(['/wiki/api/v2/pages']),
    );
  });

  test('v1 is followed by its links, which leave out /wiki', async () => {
    const path = route`/wiki/rest/api/audit?limit=${15}`;
    const records = await collect(paginate(site, path));
    const whole = await site.requestConfluence(route`/wiki/rest/api/audit?limit=${1000}`);
    expect(records).toEqual(((await whole.json()) as { results: unknown[] }).results);
    expect(records.length).toBeGreaterThan(30);
  });

  test('a list is read on from a page’s next, from a page’s self, and from the cursor', async () => {
    const path = route`/wiki/api/v2/pages?limit=${50}`;
    const all = await collect(paginate<Page>(site, path));
    const [first] = await collect(paginate<Page>(site, path).pages());
    expect(await collect(paginate<Page>(site, path, { from: first?.next }))).toEqual(all.slice(50));
    expect(await collect(paginate<Page>(site, path, { from: first?.self }))).toEqual(all);

    const list = paginate<Page>(site, path);
    expect(list.cursor).toBeUndefined();
    let seen = 0;
    for await (const _ of list) {
      seen += 1;
      if (seen === 120) break;
    }
    // Twenty of its page were handed out: they come again, and none is lost.
    expect(await collect(paginate<Page>(site, path, { from: list.cursor }))).toEqual(
      all.slice(100),
    );
    await collect(list);
    expect(list.cursor).toBeUndefined();
  });

  test('an error status is an error, and the cursor tells where to go on', async () => {
    const path = route`/wiki/api/v2/spaces?limit=${1}`;
    const list = paginate<Page>(site, path, { prefetch: false });
    const seen: Page[] = [];
    const error = await failure(
      (async () => {
        for await (const item of list) {
          seen.push(item);
          if (seen.length === 1) sandbox.failNext({ status: 403, pathIncludes: 'cursor' });
        }
      })(),
    );
    expect(error).toBeInstanceOf(ResponseError);
    expect(error).toMatchObject({ status: 403, template: '/wiki/api/v2/spaces' });
    const rest = await collect(paginate<Page>(site, path, { from: list.cursor }));
    expect([...seen, ...rest].length).toBe(3);
  });

  test('the chain’s retry works for every page', async () => {
    sandbox.failNext({ status: 429, headers: { 'retry-after': '0' }, pathIncludes: 'cursor' });
    expect(await collect(paginate(site, route`/wiki/api/v2/spaces?limit=${2}`))).toHaveLength(3);
  });
});

const send = (
  response: Parameters<Answer>[1],
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void => {
  response
    .writeHead(200, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify(body));
};

const queryOf = ({ url }: Received): URLSearchParams => new URL(url, 'http://x').searchParams;

const LIST = route`/wiki/api/v2/things?limit=${2}`;

/** Reads a list of a server of its own. */
const against = async <R>(
  answer: Answer,
  use: (api: TestApi, received: Received[]) => Promise<R>,
): Promise<R> => {
  await using server = await serve(answer);
  await using api = testApi({ base: server.origin });
  return await use(api, server.received);
};

describe('pages', () => {
  test('that are short or empty don’t end a list', async () => {
    const pages = [[], [{ id: 1 }], [], [], [{ id: 2 }]];
    const answer: Answer = (request, response) => {
      const at = Number(queryOf(request).get('cursor') ?? 0);
      const next = at + 1 < pages.length ? { next: `/wiki/api/v2/things?cursor=${at + 1}` } : {};
      send(response, { results: pages[at], _links: next });
    };
    expect(await against(answer, (api) => collect(paginate(api, LIST)))).toEqual([
      { id: 1 },
      { id: 2 },
    ]);
  });

  test('are followed by the Link header alone', async () => {
    const answer: Answer = (request, response) => {
      const at = Number(queryOf(request).get('cursor') ?? 0);
      const link = `<${at + 1 < 3 ? `/wiki/api/v2/things?cursor=${at + 1}` : ''}>; rel="${at + 1 < 3 ? 'next' : 'self'}"`;
      send(response, [{ id: at }], { link });
    };
    expect(await against(answer, (api) => collect(paginate(api, LIST)))).toEqual([
      { id: 0 },
      { id: 1 },
      { id: 2 },
    ]);
  });

  test.for([
    ['an empty page', {}],
    ['the total', { totalSize: 5 }],
  ] as const)('without any link are counted on by start, until %s', async ([, extra]) => {
    const all = [1, 2, 3, 4, 5].map((id) => ({ id }));
    const answer: Answer = (request, response) => {
      const start = Number(queryOf(request).get('start') ?? 0);
      // One less than the limit: what may not be seen was dropped.
      const results = all.slice(start, start + 2);
      send(response, { results, start, limit: 3, size: results.length, ...extra });
    };
    const [items, requests] = await against(answer, async (api, received) => [
      await collect(paginate(api, route`/rest/api/group?q=${'a b'}`)),
      received.map(({ url }) => url),
    ]);
    expect(items).toEqual(all);
    expect(requests.slice(0, 3)).toEqual([
      '/rest/api/group?q=a%20b',
      '/rest/api/group?q=a+b&start=2',
      '/rest/api/group?q=a+b&start=4',
    ]);
    expect(requests.length).toBe('totalSize' in extra ? 3 : 4);
  });

  test('that lead back to one that was read are an error, after their items', async () => {
    const answer: Answer = (request, response) => {
      const at = Number(queryOf(request).get('cursor') ?? 0);
      send(response, {
        results: [{ id: at }],
        _links: { next: `/wiki/api/v2/things?cursor=${(at % 3) + 1}` },
      });
    };
    await against(answer, async (api, received) => {
      const seen: unknown[] = [];
      const error = await failure(
        (async () => {
          for await (const item of paginate(api, LIST)) seen.push(item);
        })(),
      );
      expect(error).toBeInstanceOf(PagingLoopError);
      expect(error).toMatchObject({ code: 'PAGING_LOOP', template: '/wiki/api/v2/things' });
      expect(seen).toEqual([0, 1, 2, 3].map((id) => ({ id })));
      expect(received).toHaveLength(4);
    });
  });

  test('that are the same again, since start is ignored, are an error', async () => {
    const answer: Answer = (request, response) => {
      const start = Number(queryOf(request).get('start') ?? 0);
      send(response, {
        results: [{ content: { id: 7 } }, { content: { id: 8 } }],
        _links: { next: `/rest/api/search?start=${start + 2}` },
      });
    };
    await against(answer, async (api) => {
      const error = await failure(collect(paginate(api, route`/wiki/rest/api/search`)));
      expect(error).toBeInstanceOf(PagingLoopError);
    });
  });

  test('without ids may well be the same', async () => {
    const answer: Answer = (request, response) => {
      const at = Number(queryOf(request).get('cursor') ?? 0);
      const next = at < 2 ? { next: `?cursor=${at + 1}` } : {};
      send(response, { results: ['x'], _links: next });
    };
    expect(await against(answer, (api) => collect(paginate(api, LIST)))).toEqual(['x', 'x', 'x']);
  });

  test('whose link leads out of the API are refused, and the link is not shown', async () => {
    const answer: Answer = (_request, response) => {
      send(response, { results: [], _links: { next: '/admin?token=canary' } });
    };
    await against(answer, async (api, received) => {
      const error = await failure(collect(paginate(api, LIST)));
      expect(error).toBeInstanceOf(InvalidResponseError);
      expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain('canary');
      expect(received).toHaveLength(1);
    });
  });

  test.for([
    ['no JSON', 'text', 'no JSON'],
    ['no list', '{"message":"x"}', 'no list called results'],
    ['with a link that is none', '{"results":[],"_links":{"next":{"href":"/x"}}}', 'is no text'],
  ] as const)('that are %s are an error', async ([, body, message]) => {
    const answer: Answer = (_request, response) => void response.end(body);
    const error = await against(answer, (api) => failure(collect(paginate(api, LIST))));
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect((error as Error).message).toContain(message);
  });

  test('may hold their items elsewhere', async () => {
    const answer: Answer = (_request, response) => send(response, { groups: { items: [1, 2] } });
    const items = (body: unknown) => (body as { groups: { items: number[] } }).groups.items;
    const list = await against(answer, (api) => collect(paginate(api, LIST, { items })));
    expect(list).toEqual([1, 2]);
    expectTypeOf(list).toEqualTypeOf<number[]>();
  });

  test('whose body breaks off are asked for again', async () => {
    let broken = 2;
    const answer: Answer = (_request, response) => {
      if (broken === 0) return send(response, { results: [1] });
      broken -= 1;
      response.writeHead(200, { 'content-length': '100' }).write('{"results":');
      setImmediate(() => response.destroy());
    };
    await against(answer, async (api, received) => {
      expect(await collect(paginate(api, LIST))).toEqual([1]);
      expect(received).toHaveLength(3);
    });
  });
});

describe('looking ahead', () => {
  const endless: Answer = (request, response) => {
    const at = Number(queryOf(request).get('cursor') ?? 0);
    send(response, { results: [{ id: at }], _links: { next: `?cursor=${at + 1}` } });
  };

  test.for([
    [true, 3],
    [false, 2],
  ] as const)(
    'prefetch: %s asks for %i pages while the second is worked on',
    async ([prefetch, requests]) => {
      await against(endless, async (api) => {
        let calls = 0;
        for await (const { id } of paginate<{ id: number }>(api, LIST, { prefetch })) {
          if (id === 1) {
            calls = api.calls.length;
            break;
          }
        }
        expect(calls).toBe(requests);
      });
    },
  );

  test('a loop that is left cancels what is under way', async () => {
    let isClosed: () => void = () => {};
    const closed = new Promise<void>((resolve) => {
      isClosed = resolve;
    });
    const answer: Answer = (request, response) => {
      if (!queryOf(request).has('cursor')) return endless(request, response);
      // The second page never comes.
      response.once('close', isClosed);
    };
    await against(answer, async (api, received) => {
      for await (const _ of paginate(api, LIST)) {
        while (received.length < 2) await new Promise((resolve) => setImmediate(resolve));
        break;
      }
      await closed;
    });
  });

  test('a page that fails ahead of time fails when its turn comes', async () => {
    const answer: Answer = (request, response) => {
      if (!queryOf(request).has('cursor')) return endless(request, response);
      response.writeHead(500).end();
    };
    await against(answer, async (api, received) => {
      const seen: unknown[] = [];
      const error = await failure(
        (async () => {
          for await (const item of paginate(api, LIST)) {
            while (received.length < 2) await new Promise((resolve) => setImmediate(resolve));
            seen.push(item);
          }
        })(),
      );
      expect(seen).toHaveLength(1);
      expect(error).toMatchObject({ code: 'RESPONSE_NOT_OK', status: 500 });
    });
  });

  test('the caller’s signal ends it with its reason', async () => {
    await against(endless, async (api) => {
      const stop = new AbortController();
      const reason = new Error('enough');
      const error = await failure(
        (async () => {
          for await (const _ of paginate(api, LIST, { signal: stop.signal })) stop.abort(reason);
        })(),
      );
      expect(error).toBe(reason);
      const calls = api.calls.length;
      const again = paginate(api, LIST, { signal: stop.signal });
      expect(await failure(collect(again))).toBe(reason);
      expect(api.calls).toHaveLength(calls);
    });
  });
});

describe('refused at once', () => {
  const nobody = { requestConfluence: () => Promise.reject(new Error('not to be called')) };

  test('a path that is no Route', () => {
    expect(() => paginate(nobody, '/wiki/api/v2/pages' as never)).toThrow(RouteError);
  });

  test.for([
    '/wiki/api/v2/spaces?cursor=a',
    '/wiki/api/v2/things/7?cursor=a',
    '/admin?cursor=a',
    'https://',
    '/wiki/api/v2/things%2f?cursor=a',
    7 as never,
  ])('reading on from %s', (from) => {
    expect(() => paginate(nobody, LIST, { from })).toThrow(RequestError);
  });
});

test('what is read has the type that the caller expects', () => {
  const list = paginate<Page>({ requestConfluence: async () => new Response() }, LIST);
  expectTypeOf(list).toEqualTypeOf<Paginated<Page>>();
});
