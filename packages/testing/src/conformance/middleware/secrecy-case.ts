import { NetworkError } from '@tributary/pipeline';
import { type FakeAnswer, fakeTerminal } from '../../fakes/fake-terminal.js';
import { assertShowsNoSecret, CANARY } from '../canaries.js';
import { drive } from '../waiting.js';
import type { Bench } from './harness.js';

const answers = (template: string): readonly FakeAnswer[] => [
  new Response('{}'),
  new Response(CANARY.body, { status: 401 }),
  new Response(CANARY.body, { status: 403 }),
  new Response(null, { status: 302, headers: { location: `https://h/?t=${CANARY.location}` } }),
  new Response(CANARY.body, { status: 429, headers: { 'retry-after': '1' } }),
  new Response(CANARY.body, { status: 500 }),
  () => {
    throw new NetworkError('The connection was reset.', { attempts: 1, template });
  },
  () => {
    throw new TypeError('fetch failed');
  },
];

/** Path, query, headers, body and credential may show neither in log lines nor in errors. */
export const showsNoSecret = async (bench: Bench): Promise<void> => {
  const call = bench.call({ method: 'PUT', body: CANARY.body });
  for (const answer of answers(call.template)) {
    const sending = bench.chain(fakeTerminal(answer)).send(call);
    const thrown = await drive(
      sending.then(
        () => undefined,
        (error: unknown) => error,
      ),
      bench.clock,
    );
    assertShowsNoSecret(thrown, 'the thrown error');
    assertShowsNoSecret(bench.logs.entries, 'the log');
  }
};
