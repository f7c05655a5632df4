import { escapeControl } from '../secrets/redact.js';

/** System calls, TLS, DNS and undici: their messages name hosts and ports, and quote no header and no URL. */
const CONNECTION_CODE =
  /^(?:E[A-Z]{2,}[A-Z0-9]*|EAI_[A-Z]+|UND_ERR_[A-Z_]+|[A-Z_]*CERT[A-Z_]*|[A-Z_]*TLS[A-Z_]*)$/;

const DEEPEST = 8;

const codeOf = (error: Error): string | undefined =>
  'code' in error && typeof error.code === 'string' ? escapeControl(error.code) : undefined;

/**
 * A cause, as far as it may be shown. Its fields may hold a request with its headers, and even its
 * message may quote one (`Headers.append: "Bearer …" is an invalid header value.`), so that messages
 * are shown of our own errors and of connection failures only. `error.cause` itself has all of it.
 */
export const describeCause = (
  cause: unknown,
  isOurs: (error: Error) => boolean,
  depth = 0,
): string | undefined => {
  if (cause === undefined) return undefined;
  if (!(cause instanceof Error)) return typeof cause;
  const code = codeOf(cause);
  const isShown = isOurs(cause) || (code !== undefined && CONNECTION_CODE.test(code));
  const message = isShown && cause.message !== '' ? `: ${escapeControl(cause.message)}` : '';
  const inner = depth < DEEPEST ? describeCause(cause.cause, isOurs, depth + 1) : undefined;
  const label = code === undefined ? '' : ` [${code}]`;
  return `${escapeControl(cause.name)}${label}${message}${inner ? `; ${inner}` : ''}`;
};
