import assert from 'node:assert/strict';
import { type AuthenticatedCall, Secret, systemClock } from '@tributary/pipeline';
import { assertShowsNoSecret, CANARY } from '../canaries.js';
import { rejectionOf } from '../waiting.js';
import type { TerminalBench } from './harness.js';
import { closedOrigin } from './server.js';

/** Fails the call in every way, with a secret wherever a call can hold one. */
export const showsNoSecret = async (bench: TerminalBench): Promise<void> => {
  const { terminal, server, logs } = bench;
  const secretive = {
    path: `/wiki/${CANARY.query}?token=${CANARY.query}`,
    headers: { 'x-api-key': CANARY.header },
    method: 'PUT',
    body: CANARY.body,
  } as const;
  const base = await closedOrigin();
  const authorization = new Secret(CANARY.authorization);
  const redirect = { location: `${bench.other.origin}?token=${CANARY.location}` };
  const failures: readonly (readonly [string, Partial<AuthenticatedCall>, () => void])[] = [
    ['a refused connection', { base, credential: { authorization, base } }, () => {}],
    ['a lost connection', {}, () => server.answer((_request, response) => response.destroy())],
    ['a deadline', { deadline: systemClock.monotonic() + 200 }, () => server.answer(() => {})],
    [
      'a redirect',
      { redirect: 'error' },
      () => server.answer((_request, response) => response.writeHead(307, redirect).end()),
    ],
    ['a redirect of a PUT', {}, () => {}],
    ['a path out of the base', { path: `/../${CANARY.query}` }, () => {}],
    ['a foreign credential', { credential: { authorization, base } }, () => {}],
  ];
  for (const [what, overrides, prepare] of failures) {
    prepare();
    const sending = terminal.send(bench.call({ ...secretive, ...overrides }));
    const error = await rejectionOf(sending, `${what} must reject`);
    assert.ok(error instanceof Error);
    assertShowsNoSecret(error, `the error of ${what}`);
    assertShowsNoSecret(logs.entries, `the log of ${what}`);
  }
};
