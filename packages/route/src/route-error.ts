/** Every code a `RouteError` can have. Codes are stable: match on them, not on messages. */
export const routeErrorCodes = [
  'ROUTE_PATH_MANIPULATION',
  'ROUTE_PARAMETER_TYPE',
  'ROUTE_PARAMETER_ENCODING',
  'ROUTE_TEMPLATE',
  'ROUTE_TRUSTED_PATH',
  'ROUTE_NOT_A_ROUTE',
  'ROUTE_OTHER_COPY',
] as const;

/** One of {@link routeErrorCodes}. */
export type RouteErrorCode = (typeof routeErrorCodes)[number];

/** The code of whatever would change a path's structure. */
export const MANIPULATION = 'ROUTE_PATH_MANIPULATION';

const SHOWN = 32;

/** A path, a parameter or a Route that was refused. It was thrown before anything was sent. */
export class RouteError extends Error {
  readonly code: RouteErrorCode;
  /** Why, without the value. */
  readonly reason: string;
  /** The path of the template, each parameter shown as `{}`; undefined outside a template. */
  readonly template: string | undefined;
  /** 0-based position of the offending parameter; undefined when no parameter is to blame. */
  readonly parameter: number | undefined;

  /** @param value What was refused: only a shortened, escaped form of it enters the message. */
  constructor(
    code: RouteErrorCode,
    reason: string,
    template?: string,
    parameter?: number,
    value?: string,
  ) {
    // Forge's words, since apps show them to people.
    let message = code === MANIPULATION ? `Disallowing path manipulation attempt: ` : '';
    message += reason;
    if (parameter !== undefined) message += `, parameter ${parameter}`;
    if (template !== undefined) message += ` of ${template}`;
    if (value !== undefined) message += `: ${shown(value)}`;
    super(message);
    this.name = 'RouteError';
    this.code = code;
    this.reason = reason;
    this.template = template;
    this.parameter = parameter;
  }
}

/** Shortened first: a hostile value can be megabytes. Escaped, since it ends up on terminals. */
export function shown(value: string): string {
  const head = value
    .slice(0, SHOWN)
    .replace(/[^ -~]/g, (unit) => `\\u{${unit.charCodeAt(0).toString(16)}}`);
  return `"${head}${value.length > SHOWN ? '…' : ''}"`;
}

/** Throws a `RouteError` with these arguments. */
export function refuse(...args: ConstructorParameters<typeof RouteError>): never {
  throw new RouteError(...args);
}
