import type { ConformanceCase } from '../conformance-case.js';
import { abortBeforehand, abortWhileSending, leavesNoListener } from './abort-cases.js';
import {
  type Bench,
  type MiddlewareConformanceOptions,
  type MiddlewareSlot,
  openBench,
} from './harness.js';
import {
  leavesNoTimer,
  leavesTheCallAlone,
  servesTwoChains,
  sharesNoState,
} from './isolation-cases.js';
import { discardsBodies, keepsFacts, passesErrorsOn, readsStreamsOnce } from './response-cases.js';
import { showsNoSecret } from './secrecy-case.js';

const CASES: readonly (readonly [string, (bench: Bench) => Promise<void>])[] = [
  ['an abort ends a call that is under way', abortWhileSending],
  ['a call that is aborted beforehand is not sent', abortBeforehand],
  ['no listener is left on the signal', leavesNoListener],
  ['concurrent calls share no state', sharesNoState],
  ['one instance serves two chains', servesTwoChains],
  ['the call is not changed', leavesTheCallAlone],
  ['no timer is left behind', leavesNoTimer],
  ['a discarded body is cancelled before the next request', discardsBodies],
  ['the facts of an answer reach the outside', keepsFacts],
  ['a body stream is sent once', readsStreamsOnce],
  ['errors are passed on', passesErrorsOn],
  ['no secret is shown', showsNoSecret],
];

/** What every middleware must keep to, in the slot that it is made for. */
export const middlewareConformance = <S extends MiddlewareSlot>(
  options: MiddlewareConformanceOptions<S>,
): readonly ConformanceCase[] =>
  CASES.map(([name, check]) => ({
    name: `${options.slot}: ${name}`,
    run: async () => {
      await using bench = await openBench(options);
      await check(bench);
    },
  }));
