import assert from 'node:assert/strict';
import { TributaryError } from '@tributary/pipeline';
import { CANARY } from '../canaries.js';
import { rejectionOf } from '../waiting.js';
import type { TerminalBench } from './harness.js';
import { ok } from './server.js';

const OWN_HEADERS = {
  accept: 'image/png',
  range: 'bytes=0-9',
  'x-api-key': CANARY.header,
  cookie: 'a=b',
};

/** Answers the first request by a redirect, the later ones by 200. */
const redirectOnce = (bench: TerminalBench, location: string, status = 302): void => {
  bench.server.answer((_request, response) => {
    bench.server.answer(ok);
    response.writeHead(status, { location }).end();
  });
};

const assertRedirectRefused = async (sending: Promise<unknown>, what: string): Promise<void> => {
  const error = await rejectionOf(sending, `${what} must be refused`);
  const code = error instanceof TributaryError ? error.code : error;
  assert.equal(code, 'REDIRECT_REFUSED', `${what} must be refused by REDIRECT_REFUSED`);
};

export const returnsManualRedirects = async (bench: TerminalBench): Promise<void> => {
  redirectOnce(bench, `${bench.base}next`);
  const response = await bench.terminal.send(bench.call({ redirect: 'manual' }));
  assert.equal(response.status, 302);
  assert.equal(response.headers.get('location'), `${bench.base}next`);
  assert.equal(bench.server.requests.length, 1);
};

export const refusesRedirects = async (bench: TerminalBench): Promise<void> => {
  redirectOnce(bench, `${bench.base}next`);
  await assertRedirectRefused(
    bench.terminal.send(bench.call({ redirect: 'error' })),
    'a redirect with redirect: error',
  );
  assert.equal(bench.server.requests.length, 1);
};

export const followsWithinTheBase = async (bench: TerminalBench): Promise<void> => {
  for (const status of [301, 302, 303, 307, 308]) {
    const before = bench.server.requests.length;
    redirectOnce(bench, `${new URL(bench.base).pathname}next?a=1`, status);
    const response = await bench.terminal.send(bench.call({ headers: OWN_HEADERS }));
    assert.deepEqual(await response.json(), { ok: true });
    const next = bench.server.requests[before + 1];
    assert.equal(next?.url, `${new URL(bench.base).pathname}next?a=1`);
    assert.equal(
      next.headers.authorization,
      CANARY.authorization,
      'the credential stays in its base',
    );
    assert.equal(next.headers['x-api-key'], CANARY.header);
  }
};

const followedTo = async (
  bench: TerminalBench,
  location: string,
  overrides: Parameters<TerminalBench['call']>[0] = {},
) => {
  const target = location.startsWith(bench.other.origin) ? bench.other : bench.server;
  redirectOnce(bench, location);
  const response = await bench.terminal.send(bench.call({ headers: OWN_HEADERS, ...overrides }));
  assert.deepEqual(await response.json(), { ok: true }, 'a GET is followed');
  const next = target.requests.at(-1);
  assert.ok(next);
  return next;
};

export const leavesCredentialsBehind = async (bench: TerminalBench): Promise<void> => {
  const ownAuthorization = {
    principal: { kind: 'none' },
    credential: undefined,
    headers: { ...OWN_HEADERS, authorization: CANARY.authorization },
  } as const;
  for (const overrides of [{}, ownAuthorization]) {
    const { headers } = await followedTo(bench, `${bench.other.origin}media?t=1`, overrides);
    assert.equal(headers.authorization, undefined, 'a credential crossed to another origin');
    assert.equal(headers['x-api-key'], undefined, "a caller's header crossed to another origin");
    assert.equal(headers.cookie, undefined, 'a cookie crossed to another origin');
    assert.equal(headers.accept, OWN_HEADERS.accept, 'Accept goes along');
    assert.equal(headers.range, OWN_HEADERS.range, 'Range goes along');
  }
};

export const leavesCredentialsInTheBase = async (bench: TerminalBench): Promise<void> => {
  const { origin } = bench.server;
  const outside = [
    'ex/confluence/2/wiki',
    'ex/confluence/10/wiki',
    'ex/confluence/1/%2e%2e/2/wiki',
  ];
  const own = {
    principal: { kind: 'none' },
    credential: undefined,
    headers: { authorization: CANARY.authorization },
  } as const;
  for (const path of outside) {
    for (const overrides of [{}, own]) {
      const { headers } = await followedTo(bench, origin + path, overrides);
      assert.equal(headers.authorization, undefined, `a credential went out of its base: ${path}`);
    }
  }
};

export const keepsBodiesAtHome = async (bench: TerminalBench): Promise<void> => {
  const { origin } = bench.server;
  for (const location of [`${bench.other.origin}x`, `${origin}ex/confluence/2/x`]) {
    for (const status of [307, 308]) {
      const before = bench.server.requests.length;
      redirectOnce(bench, location, status);
      const call = bench.call({ method: 'POST', body: CANARY.body });
      await assertRedirectRefused(bench.terminal.send(call), 'a POST that would leave its base');
      assert.equal(bench.server.requests.length, before + 1);
    }
  }
  assert.equal(bench.other.requests.length, 0, 'a body went to another origin');
};

export const endsLoops = async (bench: TerminalBench): Promise<void> => {
  bench.server.answer((_request, response) => {
    response.writeHead(302, { location: `${bench.base}again` }).end();
  });
  await assertRedirectRefused(bench.terminal.send(bench.call()), 'an endless redirect');
  assert.ok(bench.server.requests.length <= 25, 'too many redirects were followed');
};

export const refusesStrangeTargets = async (bench: TerminalBench): Promise<void> => {
  const port = new URL(bench.other.origin).host;
  const targets = [
    'ftp://127.0.0.1/x',
    'file:///etc/passwd',
    'data:,x',
    `http://u:p@${port}/`,
    'http://[bad',
  ];
  for (const location of targets) {
    redirectOnce(bench, location);
    await assertRedirectRefused(bench.terminal.send(bench.call()), `a redirect to ${location}`);
  }
  assert.equal(bench.other.requests.length, 0);
};
