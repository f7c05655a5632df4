import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { currentInvocation } from '@tributary/pipeline/invocation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forgeRemoteMiddleware } from '../../src/forge-remote/index.js';
import { type Issuer, openIssuer, openRemote, tenant } from './issuer.js';

let issuer: Issuer;
beforeAll(async () => {
  issuer = await openIssuer();
});
afterAll(() => issuer[Symbol.asyncDispose]());

type Handler = (body: string) => Promise<unknown>;

/** A remote backend on loopback, with a handler behind the middleware. */
const openBackend = async (handler: Handler, maxHeaderSize?: number) => {
  const bench = openRemote(issuer);
  const guard = forgeRemoteMiddleware(bench.remote);
  const failures: unknown[] = [];
  const server: Server = createServer({ ...(maxHeaderSize && { maxHeaderSize }) }, (req, res) => {
    guard(req, res, async (error) => {
      if (error !== undefined) throw error;
      let body = '';
      for await (const chunk of req) body += chunk;
      res.end(JSON.stringify(await handler(body)));
    }).catch((error: unknown) => {
      failures.push(error);
      res.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  /** Not by fetch, which can't send a header twice. */
  const post = (headers: Record<string, string | string[]>, body = '{}') =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const request = httpRequest(
        { host: '127.0.0.1', port, method: 'POST', headers },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (chunk) => {
            text += chunk;
          });
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  return {
    ...bench,
    failures,
    post,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

describe('over HTTP', () => {
  test('each handler runs in the invocation of its own request', async () => {
    await using backend = await openBackend(async (body) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
      return [body, currentInvocation()?.installationId];
    });
    const { post, claims } = backend;
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const of = tenant(index % 2 === 0 ? 'a' : 'b');
        const { body } = await post(
          { authorization: `Bearer ${issuer.sign(claims(of))}` },
          of.installationId,
        );
        return JSON.parse(body) as [string, string];
      }),
    );
    for (const [sent, seen] of answers) expect(seen).toBe(sent);
  });

  test('what is no invocation is answered 401, with a code and nothing more', async () => {
    let ran = 0;
    await using backend = await openBackend(async () => {
      ran += 1;
    });
    const { post, claims } = backend;
    const authorization = `Bearer ${issuer.sign(claims())}`;
    const refused = [
      {},
      { authorization: 'Bearer x' },
      { authorization: [authorization, authorization] },
      { authorization: `Bearer ${issuer.sign({ ...claims(), exp: 1 })}` },
    ];
    for (const headers of refused) {
      expect(await post(headers)).toEqual({
        status: 401,
        body: '{"code":"INVOCATION_TOKEN_INVALID"}',
      });
    }
    expect(ran).toBe(0);
    expect(backend.failures).toEqual([]);
  });

  test('without keys it is answered 503', async () => {
    await using own = await openIssuer();
    own.answerWith(() => ({ status: 500, body: '' }));
    const { remote, claims } = openRemote(own);
    const answer = { status: 0, body: '' };
    const response = {
      writeHead: (status: number) => {
        answer.status = status;
      },
      end: (body: string) => {
        answer.body = body;
      },
    };
    const rawHeaders = ['authorization', `Bearer ${own.sign(claims())}`];
    const next = () => expect.unreachable();
    await forgeRemoteMiddleware(remote)({ rawHeaders } as never, response as never, next);
    expect(answer).toEqual({ status: 503, body: '{"code":"INVOCATION_KEYS_UNAVAILABLE"}' });
  });

  test('what the handler throws is its own affair', async () => {
    const oops = new Error('oops');
    await using backend = await openBackend(() => Promise.reject(oops));
    const authorization = `Bearer ${issuer.sign(backend.claims())}`;
    expect((await backend.post({ authorization })).status).toBe(500);
    expect(backend.failures).toEqual([oops]);
  });

  test('a token beyond 16 KiB needs a larger maxHeaderSize', async () => {
    const large = (claims: object) => ({
      authorization: `Bearer ${issuer.sign({ ...claims, context: { filling: 'x'.repeat(20_000) } })}`,
    });
    await using byDefault = await openBackend(async () => 'ran');
    expect((await byDefault.post(large(byDefault.claims()))).status).toBe(431);
    await using wider = await openBackend(async () => 'ran', 65_536);
    expect(await wider.post(large(wider.claims()))).toEqual({ status: 200, body: '"ran"' });
  });
});
