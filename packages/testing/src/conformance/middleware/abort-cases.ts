import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { fakeTerminal } from '../../fakes/fake-terminal.js';
import { isOrStemsFrom } from '../canaries.js';
import { drive, driveUntil, patience, rejectionOf, within } from '../waiting.js';
import type { Bench } from './harness.js';

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

const assertNoListener = (signal: AbortSignal): void =>
  assert.equal(listeners(signal), 0, 'a listener is left on the signal after the call');

export const abortWhileSending = async (bench: Bench): Promise<void> => {
  const terminal = fakeTerminal(() => new Promise(() => {}));
  const controller = new AbortController();
  const { signal } = controller;
  const reason = new Error('the caller gave up');
  const sending = bench.chain(terminal).send(bench.call({ signal }));
  const rejection = rejectionOf(sending, 'an aborted call must reject');
  await driveUntil(() => terminal.calls.length > 0, bench.clock, 'the call must reach the end');
  controller.abort(reason);
  const error = await within(rejection, patience.ms, 'an abort must end the call at once');
  assert.ok(isOrStemsFrom(error, reason), "the call must reject with the signal's reason");
  assertNoListener(signal);
};

export const abortBeforehand = async (bench: Bench): Promise<void> => {
  const terminal = fakeTerminal(() => new Response());
  const reason = new Error('given up beforehand');
  const sending = bench.chain(terminal).send(bench.call({ signal: AbortSignal.abort(reason) }));
  const error = await drive(rejectionOf(sending, 'an aborted call must reject'), bench.clock);
  assert.ok(isOrStemsFrom(error, reason), "the call must reject with the signal's reason");
  assert.equal(terminal.calls.length, 0, 'an aborted call must not be sent');
};

export const leavesNoListener = async (bench: Bench): Promise<void> => {
  const { signal } = new AbortController();
  for (const answer of [new Response(null, { status: 204 }), new Error('down')]) {
    const sending = bench
      .chain(fakeTerminal(() => throwOrReturn(answer)))
      .send(bench.call({ signal }));
    await drive(
      sending.then(
        (response) => response.body?.cancel(),
        () => undefined,
      ),
      bench.clock,
    );
    assertNoListener(signal);
  }
};

const throwOrReturn = (answer: Response | Error): Response => {
  if (answer instanceof Error) throw answer;
  return answer;
};
