import { NetworkError, RequestError, TributaryError } from '@tributary/pipeline';
import { networkFailure } from '#network-failures';
import type { ExchangeContext } from './wire-request.js';

/** What an error has to say of the call that it belongs to. */
export interface ErrorContext extends ExchangeContext {
  readonly signal?: AbortSignal | undefined;
}

interface CodedError extends Error {
  readonly code?: unknown;
  readonly syscall?: unknown;
}

const MAX_DEPTH = 8;

/** The cause at the bottom: the one that knows what happened. */
const rootOf = (error: unknown): CodedError | undefined => {
  let root: CodedError | undefined;
  let current: unknown = error;
  for (let depth = 0; depth < MAX_DEPTH && current instanceof Error; depth += 1) {
    root = current;
    current = current.cause;
  }
  return root;
};

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** Name, message and code; not the fields, which hold requests, sockets and raw bytes of the answer. */
const copyOf = (root: CodedError, code: string | undefined): Error => {
  const copy = new Error(root.message);
  copy.name = root.name;
  if (root.stack !== undefined) copy.stack = root.stack;
  return code === undefined ? copy : Object.assign(copy, { code });
};

/** What can be told of a failure, and shown. */
export const copyOfRoot = (
  error: unknown,
): {
  readonly cause: Error | undefined;
  readonly code: string | undefined;
  readonly syscall: string | undefined;
} => {
  const root = rootOf(error);
  const code = textOf(root?.code);
  return { cause: root && copyOf(root, code), code, syscall: textOf(root?.syscall) };
};

/**
 * What a call rejects with instead of what its exchange rejected with: the signal's reason when the
 * caller gave up, else an error of ours that shows no header and no URL.
 */
export const wireError = (error: unknown, context: ErrorContext): unknown => {
  if (context.signal?.aborted) return context.signal.reason;
  if (error instanceof TributaryError) return error;
  const { cause, code, syscall } = copyOfRoot(error);
  // A TypeError that is no network failure: fetch refused its arguments, and quotes them.
  if (error instanceof TypeError && !(error.cause instanceof Error) && code === undefined) {
    return new RequestError(
      'request',
      'was refused by fetch before it was sent; check its method, headers and body',
      context.template,
    );
  }
  const { sent, retryable, advice } = networkFailure(code, syscall);
  return new NetworkError(`The request failed (${code ?? 'no code'}): ${advice}.`, {
    attempts: context.attempts,
    template: context.template,
    sent,
    retryable,
    ...(cause && { cause }),
  });
};
