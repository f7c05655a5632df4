import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import {
  type AuthenticatedCall,
  systemClock,
  type Terminal,
  TributaryError,
} from '@tributary/pipeline';
import { makeAuthenticatedCall } from '../../calls/make-call.js';
import { collectLogs } from '../../fakes/collect-logs.js';
import { type Identity, type TestAuthority, testAuthority } from '../../tls/test-authority.js';
import { isOrStemsFrom } from '../canaries.js';
import type { Awaitable, ConformanceCase } from '../conformance-case.js';
import { patience, rejectionOf, within } from '../waiting.js';
import type { TerminalServices } from './harness.js';
import { type Offer, type SecureServer, startSecureServer } from './secure-server.js';
import { until } from './until.js';

/** What the servers of the kit are trusted by, and who they take for their client. */
export interface SecureServices extends TerminalServices {
  /** PEM of the servers' authority; undefined where it must not be trusted. */
  readonly ca?: string;
  /** The client's own, for a server that asks for one. */
  readonly client?: Identity;
}

export interface SecureTerminalConformanceOptions {
  /** A new terminal; disposed after each case. */
  readonly create: (services: SecureServices) => Awaitable<Terminal>;
  /** Whether it speaks HTTP/2 where that is offered. Default true. */
  readonly h2?: boolean;
}

interface SecureBench {
  readonly send: (overrides?: Partial<AuthenticatedCall>) => Promise<Response>;
  readonly server: SecureServer;
}

type SecureCheck = (bench: SecureBench) => Promise<void>;

let shared: TestAuthority | undefined;
/** One for all cases: a key takes longer to make than a handshake. */
const authority = (): TestAuthority => {
  shared ??= testAuthority();
  return shared;
};

/** Over both versions of HTTP the same has to come of it. */
const EXCHANGES: Readonly<Record<string, SecureCheck>> = {
  'a GET is answered': async ({ send }) => {
    const response = await send();
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { ok: true });
  },
  'HEAD and 204 have a null body': async ({ send, server }) => {
    assert.equal((await send({ method: 'HEAD' })).body, null);
    server.answer((_request, response) => response.writeHead(204).end());
    assert.equal((await send()).body, null);
  },
  'bodies of every kind arrive': async ({ send, server }) => {
    const bytes = new TextEncoder().encode('body');
    const form = new FormData();
    form.set('file', new Blob(['body']), 'a.txt');
    for (const body of ['body', bytes, new Blob(['body']), new Blob(['body']).stream(), form]) {
      assert.equal((await send({ method: 'POST', body })).status, 200);
      assert.match(server.requests.at(-1)?.body.toString() ?? '', /body/);
    }
  },
  'a megabyte goes up and comes down': async ({ send, server }) => {
    const body = new Uint8Array(1024 * 1024).fill(7);
    server.answer((request, response) => response.end(request.body));
    const response = await send({ method: 'PUT', body: new Blob([body]).stream() });
    assert.ok(Buffer.from(body).equals(await response.bytes()));
  },
  'fields of one name stay apart or are joined': async ({ send, server }) => {
    server.answer((_request, response) => {
      response.setHeader('x-list', ['a', 'b']);
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.end();
    });
    const { headers } = await send();
    assert.equal(headers.get('x-list'), 'a, b');
    assert.deepEqual(headers.getSetCookie(), ['a=1', 'b=2']);
  },
  'no field is left of how HTTP/2 writes a head': async ({ send }) => {
    for (const [name] of (await send()).headers) assert.doesNotMatch(name, /^:/);
  },
  'content is decoded': async ({ send, server }) => {
    server.answer((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('plain'));
    });
    assert.equal(await (await send()).text(), 'plain');
  },
  'credential and Accept arrive': async ({ send, server }) => {
    await send({ headers: { authorization: 'Basic YTpi', accept: 'a/b' } });
    assert.equal(server.requests[0]?.headers.authorization, 'Basic YTpi');
    assert.equal(server.requests[0]?.headers.accept, 'a/b');
  },
  'a redirect is followed': async ({ send, server }) => {
    server.answer(({ url }, response) => {
      if (url === '/next') response.end('there');
      else response.writeHead(302, { location: '/next' }).end();
    });
    assert.equal(await (await send()).text(), 'there');
  },
  'calls at the same time get their own answers': async ({ send, server }) => {
    server.answer(({ url }, response) => response.end(url));
    const paths = Array.from({ length: 30 }, (_, i) => `/wiki/${i}`);
    const texts = await Promise.all(paths.map(async (path) => (await send({ path })).text()));
    assert.deepEqual(texts, paths);
  },
  'an abort ends a call that waits': async ({ send, server }) => {
    server.answer(() => {});
    const controller = new AbortController();
    const reason = new Error('given up');
    const rejection = rejectionOf(send({ signal: controller.signal }), 'it must reject');
    await until(() => server.requests.length === 1, 'the request must arrive');
    controller.abort(reason);
    assert.ok(isOrStemsFrom(await within(rejection, patience.ms, 'it must end'), reason));
  },
  'an abort ends a body': async ({ send, server }) => {
    server.answer((_request, response) => response.writeHead(200).write('start'));
    const controller = new AbortController();
    const response = await send({ signal: controller.signal });
    const rejection = rejectionOf(response.text(), 'it must reject');
    const reason = new Error('given up');
    controller.abort(reason);
    assert.ok(isOrStemsFrom(await within(rejection, patience.ms, 'it must end'), reason));
  },
  'an abort leaves later calls alone': async ({ send, server }) => {
    server.answer((_request, response) => response.writeHead(200).write('start'));
    const controller = new AbortController();
    const response = await send({ signal: controller.signal });
    controller.abort(new Error('given up'));
    await within(rejectionOf(response.text(), 'it must reject'), patience.ms, 'it must end');
    server.answer((_request, answer) => answer.end('next'));
    assert.equal(await (await send()).text(), 'next');
  },
  'a reset before the head is a NetworkError': async ({ send, server }) => {
    server.answer((_request, response) => response.destroy());
    const error = await rejectionOf(send(), 'there is no answer');
    assert.ok(error instanceof TributaryError && error.code === 'NETWORK_FAILED', `${error}`);
    assert.notEqual(error.sent, 'no');
  },
  'a reset in the body fails it': async ({ send, server }) => {
    server.answer((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('start');
      setTimeout(() => response.destroy(), 10);
    });
    const response = await send();
    await rejectionOf(
      within(response.text(), patience.ms, 'the body must settle'),
      'half a body must not pass for one',
    );
  },
  'a connection that the server closes is replaced': async ({ send, server }) => {
    await (await send()).text();
    server.closeConnections();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(await (await send()).json(), { ok: true });
    assert.equal(server.opened, 2);
  },
};

/** Certificates that must not be taken, and what the error says is to be done. */
const REFUSALS: Readonly<Record<string, () => { readonly ca?: string; readonly own: Identity }>> = {
  'a certificate of an unknown authority': () => ({ own: authority().issue() }),
  'a certificate for another host': () => ({
    ca: authority().ca,
    own: authority().issue({ hosts: ['elsewhere.example'] }),
  }),
  'a certificate that has expired': () => ({
    ca: authority().ca,
    own: authority().issue({ until: new Date(Date.now() - 60_000) }),
  }),
};

const withBench = async (
  { create }: SecureTerminalConformanceOptions,
  server: SecureServer,
  services: Omit<SecureServices, keyof TerminalServices>,
  check: SecureCheck,
): Promise<void> => {
  const terminal = await create({ clock: systemClock, logger: collectLogs(), ...services });
  const base = server.origin;
  const send: SecureBench['send'] = (overrides) =>
    within(
      terminal.send(makeAuthenticatedCall({ base, credential: undefined, ...overrides })),
      patience.ms,
      'the call must settle',
    );
  try {
    await check({ send, server });
  } finally {
    await terminal.dispose?.();
    await server[Symbol.asyncDispose]();
  }
};

/**
 * What a terminal must keep to over TLS, by HTTP/1.1 and HTTP/2, against servers on loopback whose
 * certificates are made for the occasion. For terminals that can be told whom to trust.
 */
export const secureTerminalConformance = (
  options: SecureTerminalConformanceOptions,
): readonly ConformanceCase[] => {
  const cases: ConformanceCase[] = [];
  const add = (name: string, run: () => Promise<void>): void => {
    cases.push({ name: `terminal over TLS: ${name}`, run });
  };
  const { h2 = true } = options;
  for (const offer of h2 ? (['http/1.1', 'h2'] as const) : (['http/1.1'] as const)) {
    for (const [name, check] of Object.entries(EXCHANGES)) {
      add(`${offer}: ${name}`, async () => {
        const server = await startSecureServer(offer, authority().issue());
        await withBench(options, server, { ca: authority().ca }, async (bench) => {
          await check(bench);
          const version = offer === 'h2' ? '2.0' : '1.1';
          assert.ok(server.versions.every((each) => each === version));
        });
      });
    }
  }
  add('HTTP/2 is spoken where both are offered', async () => {
    const server = await startSecureServer('both' satisfies Offer, authority().issue());
    await withBench(options, server, { ca: authority().ca }, async ({ send }) => {
      assert.equal((await send()).status, 200);
      assert.deepEqual(server.versions, [h2 ? '2.0' : '1.1']);
    });
  });
  for (const [name, make] of Object.entries(REFUSALS)) {
    add(`${name} is refused`, async () => {
      const { ca, own } = make();
      const server = await startSecureServer('http/1.1', own);
      await withBench(options, server, ca === undefined ? {} : { ca }, async ({ send }) => {
        const error = await rejectionOf(send(), 'nobody may be talked to');
        assert.ok(error instanceof TributaryError && error.code === 'NETWORK_FAILED', `${error}`);
        assert.deepEqual([error.sent, error.retryable], ['no', false]);
        assert.equal(server.requests.length, 0);
      });
    });
  }
  add('a client certificate is shown to who asks', async () => {
    const server = await startSecureServer('http/1.1', {
      ...authority().issue(),
      ca: authority().ca,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const client = authority().issue({ hosts: ['client.example'] });
    await withBench(options, server, { ca: authority().ca, client }, async ({ send }) => {
      assert.equal((await send()).status, 200);
    });
  });
  return cases;
};
