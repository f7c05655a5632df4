import { escapeControl } from '../secrets/redact.js';
import type { ErrorCode } from './codes.js';
import { describeCause } from './describe-cause.js';

/** Whether the request may have reached the server. */
export type Sent = 'no' | 'yes' | 'unknown';

export interface TributaryErrorOptions {
  readonly code: ErrorCode | (string & {});
  /** Whether the same call may succeed when it is made again. Default false. */
  readonly retryable?: boolean;
  /** Default 'no'. */
  readonly sent?: Sent;
  /** How many attempts were made. Default 0. */
  readonly attempts?: number;
  /** Ms that the call waited in all, for other attempts and for permits. Default 0. */
  readonly waitedMs?: number;
  /** The call's template, never its filled path. */
  readonly template?: string | undefined;
  readonly cause?: unknown;
}

const inspect = Symbol.for('nodejs.util.inspect.custom');

/** The base of every error here: a stable code, and what the caller needs in order to decide. */
export class TributaryError extends Error {
  override name = 'TributaryError';
  readonly code: ErrorCode | (string & {});
  readonly retryable: boolean;
  readonly sent: Sent;
  readonly attempts: number;
  readonly waitedMs: number;
  readonly template: string | undefined;

  constructor(message: string, options: TributaryErrorOptions) {
    // Messages quote servers, and end up in logs and terminals by `stack` and `message` too.
    super(
      escapeControl(message),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = options.code;
    this.retryable = options.retryable ?? false;
    this.sent = options.sent ?? 'no';
    this.attempts = options.attempts ?? 0;
    this.waitedMs = options.waitedMs ?? 0;
    this.template = options.template;
  }

  /** What may be shown: the fields that classes list, never request, response or the cause's own fields. */
  toJSON(): Record<string, unknown> {
    return {
      name: this.name,
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      sent: this.sent,
      attempts: this.attempts,
      ...(this.waitedMs > 0 && { waitedMs: this.waitedMs }),
      template: this.template,
      ...this.details(),
      cause: describeCause(this.cause, isOurs),
    };
  }

  [inspect](_depth: number, options: unknown, print: (value: unknown, options: unknown) => string) {
    const { name, message: _, cause: __, ...fields } = this.toJSON();
    const frames = /\n {4}at [\s\S]*/.exec(this.stack ?? '')?.[0] ?? '';
    const shown = Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined));
    const cause = describeCause(this.cause, isOurs);
    return `${name}: ${this.message}${frames} ${print(shown, options)}${
      cause === undefined ? '' : `\n  caused by: ${cause}`
    }`;
  }

  /** Extra fields of a subclass that may be shown. */
  protected details(): Record<string, unknown> {
    return {};
  }
}

const isOurs = (error: Error): boolean => error instanceof TributaryError;

/** Keeps a field of an error out of enumeration, and so out of loggers that walk objects. */
export const hideField = <T extends object, V>(target: T, field: string, value: V): void => {
  Object.defineProperty(target, field, { value, enumerable: false, configurable: true });
};
