import type { AuthenticatedCall, Call } from '../call/call.js';
import { type Clock, systemClock } from '../services/clock.js';
import { recordFacts } from './call-facts.js';
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

const fold = <C extends Call>(
  list: readonly Middleware<C>[] | undefined,
  inner: Handler<C>,
): Handler<C> => (list ?? []).reduceRight((next, middleware) => middleware.wrap(next), inner);

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

  const deliver = (call: AuthenticatedCall): Promise<Response> =>
    terminal.send(call).then((response) => {
      recordFacts(response, call, clock);
      return response;
    });

  const auth = slots.auth.wrap(fold(slots.attempt, deliver));
  const retry = slots.retry.wrap(fold(slots.budget, auth));
  const resolve = slots.resolve.wrap(fold(slots.consent, retry));
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
