import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { systemClock, TributaryError } from '@tributary/pipeline';
import { isOrStemsFrom } from '../canaries.js';
import { DEADLINE_MS, patience, rejectionOf, within } from '../waiting.js';
import type { TerminalBench } from './harness.js';
import { closedOrigin } from './server.js';
import { until } from './until.js';

const assertCode = (error: unknown, code: string): TributaryError => {
  assert.ok(error instanceof TributaryError, `a failure must be a TributaryError: ${error}`);
  assert.equal(error.code, code);
  return error;
};

export const abortsBefore = async (bench: TerminalBench): Promise<void> => {
  const reason = new Error('given up beforehand');
  const sending = bench.terminal.send(bench.call({ signal: AbortSignal.abort(reason) }));
  const error = await rejectionOf(sending, 'an aborted call must reject');
  assert.ok(isOrStemsFrom(error, reason), "the rejection must be the signal's reason");
  assert.equal(bench.server.opened, 0, 'an aborted call must not be sent');
};

export const abortsWhileWaiting = async (bench: TerminalBench): Promise<void> => {
  let isClosed = false;
  bench.server.answer((_request, response) => {
    response.on('close', () => {
      isClosed = true;
    });
  });
  const controller = new AbortController();
  const reason = new Error('given up while waiting');
  const sending = bench.terminal.send(bench.call({ signal: controller.signal }));
  const rejection = rejectionOf(sending, 'an aborted call must reject');
  await until(() => bench.server.requests.length === 1, 'the request must arrive');
  controller.abort(reason);
  const error = await within(rejection, patience.ms, 'an abort must end the call');
  assert.ok(isOrStemsFrom(error, reason), "the rejection must be the signal's reason");
  await until(() => isClosed, 'an abort must close the connection');
};

export const abortsWhileReading = async (bench: TerminalBench): Promise<void> => {
  bench.server.answer((_request, response) => {
    response.writeHead(200).write('beginning');
  });
  const controller = new AbortController();
  const response = await bench.terminal.send(bench.call({ signal: controller.signal }));
  const rejection = rejectionOf(response.text(), 'an aborted body must reject');
  controller.abort(new Error('given up while reading'));
  await within(rejection, patience.ms, 'an abort must end the body');
};

export const leavesNoListener = async (bench: TerminalBench): Promise<void> => {
  const { signal } = new AbortController();
  const listeners = () => getEventListeners(signal, 'abort').length;
  await (await bench.terminal.send(bench.call({ signal }))).text();
  await until(() => listeners() === 0, 'a listener is left on the signal after an answer');
  bench.server.answer((_request, response) => response.destroy());
  await rejectionOf(bench.terminal.send(bench.call({ signal })), 'a lost connection must reject');
  await until(() => listeners() === 0, 'a listener is left on the signal after a failure');
};

export const keepsTheDeadline = async (bench: TerminalBench): Promise<void> => {
  bench.server.answer(() => {});
  const deadline = systemClock.monotonic() + DEADLINE_MS;
  const sending = bench.terminal.send(bench.call({ deadline }));
  const rejection = rejectionOf(sending, 'a call must not outlive its deadline');
  const error = await within(rejection, patience.ms, 'the deadline must end the call');
  const { sent } = assertCode(error, 'TIMEOUT');
  assert.notEqual(sent, 'no', 'the request had arrived');
  assert.ok(systemClock.monotonic() >= deadline - 5, 'the deadline came too early');
};

export const refusesAfterTheDeadline = async (bench: TerminalBench): Promise<void> => {
  const sending = bench.terminal.send(bench.call({ deadline: systemClock.monotonic() - 1 }));
  const error = await rejectionOf(sending, 'a call after its deadline must reject');
  assert.equal(assertCode(error, 'TIMEOUT').sent, 'no');
  assert.equal(bench.server.opened, 0);
};

/** The deadline ends with the headers: a long download is the caller's to bound. */
export const leavesTheBodyTime = async (bench: TerminalBench): Promise<void> => {
  bench.server.answer((_request, response) => {
    response.writeHead(200).write('slow ');
    setTimeout(() => response.end('body'), DEADLINE_MS + 100);
  });
  const deadline = systemClock.monotonic() + DEADLINE_MS;
  const response = await bench.terminal.send(bench.call({ deadline }));
  assert.equal(await response.text(), 'slow body');
};

export const reportsRefusedConnections = async (bench: TerminalBench): Promise<void> => {
  const base = await closedOrigin();
  const sending = bench.terminal.send(bench.call({ base, credential: undefined, attempt: 3 }));
  const error = assertCode(
    await rejectionOf(sending, 'a refused connection must reject'),
    'NETWORK_FAILED',
  );
  const { sent, retryable, attempts, template } = error;
  assert.deepEqual(
    { sent, retryable, attempts, template },
    { sent: 'no', retryable: true, attempts: 3, template: '/wiki/api/v2/pages/{}' },
  );
};

export const reportsLostConnections = async (bench: TerminalBench): Promise<void> => {
  bench.server.answer((_request, response) => response.destroy());
  const sending = bench.terminal.send(bench.call());
  const error = await rejectionOf(sending, 'a lost connection must reject');
  assert.notEqual(assertCode(error, 'NETWORK_FAILED').sent, 'no', 'the request had arrived');
};
