import assert from 'node:assert/strict';
import { factsOf, NetworkError, TributaryError } from '@tributary/pipeline';
import { fakeTerminal } from '../../fakes/fake-terminal.js';
import { isOrStemsFrom } from '../canaries.js';
import { drive, rejectionOf } from '../waiting.js';
import type { Bench } from './harness.js';
import { type WatchedResponse, watchedResponse } from './watched-body.js';

/** Answers that invite a second request. */
const INVITING: readonly (readonly [number, Record<string, string>])[] = [
  [401, {}],
  [429, { 'retry-after': '1' }],
  [503, {}],
];

const isNeedsAuthentication = (error: unknown): boolean =>
  error instanceof TributaryError && error.code === 'NEEDS_AUTHENTICATION_ERR';

export const discardsBodies = async (bench: Bench): Promise<void> => {
  for (const [status, headers] of INVITING) {
    const answers: WatchedResponse[] = [];
    const terminal = fakeTerminal(() => {
      const previous = answers.at(-1);
      assert.ok(
        previous === undefined || previous.isDone(),
        `the body of the discarded ${status} must be cancelled before the next request`,
      );
      const answer = previous ? watchedResponse(200) : watchedResponse(status, headers);
      answers.push(answer);
      return answer.response;
    });
    const response = await drive(
      bench.chain(terminal).send(bench.call()).catch(orAsksForConsent),
      bench.clock,
    );
    const last = answers.at(-1);
    if (response === undefined || last === undefined) continue;
    assert.equal(response.bodyUsed, false, 'the body of the answer must be left to the caller');
    assert.equal(await response.text(), last.text, 'the body of the answer must arrive whole');
  }
};

const orAsksForConsent = (error: unknown): undefined => {
  if (!isNeedsAuthentication(error)) throw error;
};

export const keepsFacts = async (bench: Bench): Promise<void> => {
  for (const status of [200, 204, 401, 404, 429, 500]) {
    const body = status === 204 ? null : '{}';
    const terminal = fakeTerminal(() => new Response(body, { status }));
    const call = bench.call();
    const response = await drive(
      bench.chain(terminal).send(call).catch(orAsksForConsent),
      bench.clock,
    );
    if (response === undefined) continue;
    const facts = factsOf(response);
    assert.ok(facts, `a replaced ${status} must inherit the facts: call inheritFacts(from, to)`);
    assert.equal(facts.template, call.template);
  }
};

export const readsStreamsOnce = async (bench: Bench): Promise<void> => {
  for (const [status, headers] of INVITING) {
    let requests = 0;
    const terminal = fakeTerminal(async (call) => {
      requests += 1;
      assert.ok(call.body instanceof ReadableStream, 'a stream must reach the end as a stream');
      assert.equal(call.body.locked, false, 'a body stream must not be read before it is sent');
      const text = await new Response(call.body).text();
      assert.equal(text, 'one shot', 'a body stream must arrive whole, and be sent only once');
      return new Response('{}', requests === 1 ? { status, headers } : {});
    });
    const body = new Blob(['one shot']).stream();
    const sending = bench.chain(terminal).send(bench.call({ method: 'PUT', body }));
    await drive(
      sending.catch((error: unknown) => {
        if (!(error instanceof TributaryError)) throw error;
      }),
      bench.clock,
    );
    assert.ok(requests <= 1, 'a body stream must not be sent twice');
  }
};

export const passesErrorsOn = async (bench: Bench): Promise<void> => {
  const template = bench.call().template;
  const errors = [
    new Error('a plain failure'),
    new NetworkError('The connection was reset.', { attempts: 1, template }),
  ];
  for (const error of errors) {
    const terminal = fakeTerminal(() => {
      throw error;
    });
    const sending = bench.chain(terminal).send(bench.call());
    const thrown = await drive(rejectionOf(sending, 'a failure must reject'), bench.clock);
    assert.ok(
      thrown === error || (thrown instanceof TributaryError && isOrStemsFrom(thrown, error)),
      `a failure must be passed on as it is, or as the cause of a TributaryError: ${error.message}`,
    );
  }
};
