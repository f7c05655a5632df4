import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { AuthenticatedCall } from '@tributary/pipeline';
import { fakeTerminal } from '../../fakes/fake-terminal.js';
import { drive } from '../waiting.js';
import type { Bench } from './harness.js';

const CONCURRENT = 50;

const pathOf = (index: number): string => `/wiki/api/v2/pages/${index}`;

const pageOf = (call: AuthenticatedCall): string => call.path.slice(call.path.lastIndexOf('/') + 1);

/** Answers come back in another order than they were asked for. */
const echo = async (call: AuthenticatedCall): Promise<Response> => {
  for (let i = (Number(pageOf(call)) * 7) % 5; i > 0; i -= 1) await turn();
  return new Response(`${pageOf(call)} ${call.headers['x-caller']}`);
};

export const sharesNoState = async (bench: Bench): Promise<void> => {
  const terminal = fakeTerminal(echo);
  const { send } = bench.chain(terminal);
  const work = Array.from({ length: CONCURRENT }, async (_, index) => {
    const headers = { 'x-caller': `caller-${index}` };
    return (await send(bench.call({ path: pathOf(index), headers }))).text();
  });
  const texts = await drive(Promise.all(work), bench.clock);
  texts.forEach((text, index) => {
    assert.equal(text, `${index} caller-${index}`, 'a call must get the answer to its own request');
  });
  const pages = new Set(terminal.calls.map(pageOf));
  assert.equal(pages.size, CONCURRENT, 'every call must reach the end');
};

export const servesTwoChains = async (bench: Bench): Promise<void> => {
  const first = fakeTerminal(new Response('first'));
  const second = fakeTerminal(new Response('second'));
  const chains = [bench.chain(first), bench.chain(second)] as const;
  const send = async (chain: 0 | 1) => (await chains[chain].send(bench.call())).text();
  const work = Promise.all([send(0), send(1), send(0), send(1)]);
  assert.deepEqual(
    await drive(work, bench.clock),
    ['first', 'second', 'first', 'second'],
    'one instance in two chains must answer each from its own end',
  );
};

export const leavesTheCallAlone = async (bench: Bench): Promise<void> => {
  const bytes = new TextEncoder().encode('unchanged');
  const { send } = bench.chain(fakeTerminal(() => new Response('ok')));
  const frozen = bench.call({ method: 'PUT', body: bytes });
  await drive(send(frozen), bench.clock);
  assert.equal(new TextDecoder().decode(bytes), 'unchanged', "the caller's bytes were changed");

  // Sloppy-mode code fails silently on a frozen object; here it shows.
  const open = { ...frozen, headers: { ...frozen.headers }, options: { ...frozen.options } };
  const before = [Object.entries(open), Object.entries(open.headers), Object.entries(open.options)];
  await drive(send(open), bench.clock);
  const after = [Object.entries(open), Object.entries(open.headers), Object.entries(open.options)];
  assert.deepEqual(after, before, "the caller's call was changed");
};

export const leavesNoTimer = async (bench: Bench): Promise<void> => {
  const { send } = bench.chain(fakeTerminal(() => new Response('ok')));
  await drive(Promise.all([send(bench.call()), send(bench.call())]), bench.clock);
  await bench[Symbol.asyncDispose]();
  assert.equal(bench.clock.pending, 0, 'a timer is left after the middleware was disposed');
};
