import { type Sent, TributaryError } from './tributary-error.js';

const CERTAINTY: Readonly<Record<Sent, number>> = { no: 0, unknown: 1, yes: 2 };

/**
 * Adds to an error what went before it in the same call: whether an earlier attempt may have reached
 * the server, and how long the call waited. An error that is not ours is left alone.
 */
export const addPast = (
  error: unknown,
  { sent = 'no', waitedMs = 0 }: { readonly sent?: Sent; readonly waitedMs?: number },
): void => {
  if (!(error instanceof TributaryError)) return;
  const set = (field: 'sent' | 'waitedMs', value: Sent | number) =>
    Reflect.defineProperty(error, field, { value, enumerable: true, configurable: true });
  if (CERTAINTY[sent] > CERTAINTY[error.sent]) set('sent', sent);
  if (waitedMs > error.waitedMs) set('waitedMs', waitedMs);
};
