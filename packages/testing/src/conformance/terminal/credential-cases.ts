import assert from 'node:assert/strict';
import { Secret, TributaryError } from '@tributary/pipeline';
import { CANARY } from '../canaries.js';
import { rejectionOf } from '../waiting.js';
import type { TerminalBench } from './harness.js';
import { deliver } from './request-cases.js';

const OWN = 'Basic b3duOm93bg==';

export const sendsTheCredential = async (bench: TerminalBench): Promise<void> => {
  const plain = await deliver(bench, {});
  assert.equal(plain.headers.authorization, CANARY.authorization);
  const both = await deliver(bench, { headers: { authorization: OWN } });
  assert.equal(both.headers.authorization, CANARY.authorization, 'the credential must win');
  assert.equal(both.names.filter((name) => name === 'authorization').length, 1);
};

export const sendsTheCallersOwn = async (bench: TerminalBench): Promise<void> => {
  const principal = { kind: 'none' } as const;
  const own = { principal, credential: undefined, headers: { authorization: OWN } };
  assert.equal((await deliver(bench, own)).headers.authorization, OWN);
  const none = await deliver(bench, { principal, credential: undefined });
  assert.equal(none.headers.authorization, undefined, 'nobody gave an authorization');
};

const assertRefused = async (
  bench: TerminalBench,
  overrides: Parameters<TerminalBench['call']>[0],
  what: string,
): Promise<void> => {
  const error = await rejectionOf(
    bench.terminal.send(bench.call(overrides)),
    `${what} must be refused`,
  );
  assert.ok(
    error instanceof TributaryError && error.code === 'OUT_OF_BASE',
    `${what}: OUT_OF_BASE`,
  );
  const { opened } = bench.server;
  assert.equal(opened, 0, `${what} must be refused before a socket is opened`);
};

export const refusesForeignCredentials = async (bench: TerminalBench): Promise<void> => {
  const { base, server } = bench;
  for (const foreign of [
    server.origin,
    `${base}2/`,
    base.replace('/1/', '/2/'),
    base.slice(0, -1),
  ]) {
    const credential = { authorization: new Secret(CANARY.authorization), base: foreign };
    await assertRefused(bench, { credential }, `a credential for ${new URL(foreign).pathname}`);
  }
};

/** Paths that leave the base, as they are or after the server has decoded them once more. */
const ASTRAY: readonly string[] = [
  '/../2/wiki',
  '/..',
  '/a/../../2/wiki',
  '/%2e%2e/2/wiki',
  '/%2E./2/wiki',
  '/.%2e/2/wiki',
  '/..\\2\\wiki',
  '/a/..%2f..%2f2/wiki',
  '/..%2F2/wiki',
  '/..%5c2/wiki',
  '/%2e%2e%2f2/wiki',
  '/\t../2/wiki',
  '/.\n./2/wiki',
];

export const refusesPathsThatLeave = async (bench: TerminalBench): Promise<void> => {
  for (const path of ASTRAY) await assertRefused(bench, { path }, JSON.stringify(path));
};

export const staysAtItsOrigin = async (bench: TerminalBench): Promise<void> => {
  const paths = [
    '//other.example/wiki',
    '/@other.example/',
    '/https://other.example/',
    '/\\\\other',
  ];
  const { host } = new URL(bench.server.origin);
  for (const path of paths) {
    try {
      const received = await deliver(bench, { path });
      assert.equal(received.headers.host, host);
      assert.ok(received.url.startsWith(new URL(bench.base).pathname), 'the path left the base');
    } catch (error) {
      if (!(error instanceof TributaryError && error.code === 'OUT_OF_BASE')) throw error;
    }
  }
};
