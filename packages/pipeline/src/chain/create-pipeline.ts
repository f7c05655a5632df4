import type { AuthenticatedCall, Call } from '../call/call.js';
import { type Clock, systemClock } from '../services/clock.js';
import { factsFor, recordFacts } from './call-facts.js';
import { checkSlots, type SlotMember } from './check-slots.js';
import { disposeAll } from './dispose-all.js';
import type { Handler, Middleware, Slots } from './middleware.js';
import { SLOT_ORDER } from './slot-order.js';

/** A chain, folded once. */
export interface Pipeline extends AsyncDisposable {
  readonly send: Handler<Call>;
  /** The resolved order, outermost first, with the reason for each place. */
  explain(): string;
}

/**
 * The middleware's handler, with what it throws at once as a rejection: pass-through code is not
 * async, and whoever stands outside only has a promise to look at.
 */
const wrapped = <In extends Call, Out extends In>(
  middleware: Middleware<In, Out>,
  next: Handler<Out>,
): Handler<In> => {
  const handler = middleware.wrap(next);
  return (call) => {
    try {
      return handler(call);
    } catch (error) {
      return Promise.reject(error);
    }
  };
};

const fold = <C extends Call>(
  list: readonly Middleware<C>[] | undefined,
  inner: Handler<C>,
): Handler<C> => (list ?? []).reduceRight((next, middleware) => wrapped(middleware, next), inner);

const explain = (members: readonly SlotMember[]): string => {
  const width = Math.max(...members.map((member) => member.name.length));
  return members
    .map(({ slot, name }) => `${slot.padEnd(10)} ${name.padEnd(width)}  ${SLOT_ORDER[slot].why}`)
    .join('\n');
};

/**
 * Folds the slots into one handler. Nothing is composed per call.
 * @throws ChainError when a slot is missing, wrong or doubled.
 */
export const createPipeline = (
  slots: Slots,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Pipeline => {
  const members = checkSlots(slots);
  const terminal = slots.transport;

  const deliver = async (call: AuthenticatedCall): Promise<Response> => {
    const known = factsFor(call, clock);
    const response = await terminal.send(call);
    recordFacts(response, known);
    return response;
  };

  const auth = wrapped(slots.auth, fold(slots.attempt, deliver));
  const retry = wrapped(slots.retry, fold(slots.budget, auth));
  const resolve = wrapped(slots.resolve, fold(slots.consent, retry));
  const send = fold(slots.observe, resolve);

  let disposal: Promise<void> | undefined;
  return {
    send,
    explain: () => explain(members),
    [Symbol.asyncDispose]: () => {
      disposal ??= disposeAll(members.map((member) => member.dispose));
      return disposal;
    },
  };
};
