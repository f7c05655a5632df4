import { NetworkError, TributaryError } from '@tributary/pipeline';
import { copyOfRoot } from '../terminal/wire-error.js';
import type { ExchangeContext } from '../terminal/wire-request.js';

interface ProxyFailure {
  readonly advice: string;
  readonly retryable: boolean;
}

const BYPASS = 'or list the host in NO_PROXY if it is reached without';

const UNREACHABLE: ProxyFailure = {
  advice: `the proxy that HTTPS_PROXY names can't be reached; check its host and port, ${BYPASS}`,
  retryable: true,
};

const BY_CODE: Readonly<Record<string, ProxyFailure>> = {
  UND_ERR_CONNECT_TIMEOUT: UNREACHABLE,
  UND_ERR_PRX_CONN: {
    advice: `the proxy closed the connection; check that HTTPS_PROXY names its right port, ${BYPASS}`,
    retryable: true,
  },
  UND_ERR_PRX_TLS: {
    advice: "the proxy's certificate is for another host name; check HTTPS_PROXY",
    retryable: false,
  },
};

/** undici tells of a proxy's refusal in its words alone. */
const REFUSAL = /^Proxy (?:response|Authentication Required) \((\d{3})\)/;

const refusal = (status: string): ProxyFailure => ({
  advice:
    status === '407'
      ? 'the proxy wants a user name and password (407); put them into HTTPS_PROXY, as http://user:password@host:port'
      : `the proxy refused to connect to the host (${status}); ask who runs it, ${BYPASS}`,
  retryable: status.startsWith('5'),
});

/** What it is of the proxy's, or undefined: in front of a proxy every connection is one to the proxy. */
const failureOf = (
  message: string,
  codes: readonly unknown[],
  syscall: unknown,
): ProxyFailure | undefined => {
  const [, status] = REFUSAL.exec(message) ?? [];
  if (status !== undefined) return refusal(status);
  if (syscall === 'connect' || syscall === 'getaddrinfo') return UNREACHABLE;
  for (const code of codes) {
    if (typeof code === 'string' && Object.hasOwn(BY_CODE, code)) return BY_CODE[code];
  }
  return undefined;
};

/** What to make of the failure of a request that was to go through a proxy. */
export const proxyError = (error: unknown, context: ExchangeContext): unknown => {
  if (!(error instanceof Error) || error instanceof TributaryError) return error;
  const { cause, code, syscall } = copyOfRoot(error);
  const outer = (error as { readonly code?: unknown }).code;
  const failure = failureOf(error.message, [outer, code], syscall);
  if (failure === undefined) return error;
  const { advice, retryable } = failure;
  return new NetworkError(`The request failed (${code ?? 'no code'}): ${advice}.`, {
    ...context,
    sent: 'no',
    retryable,
    ...(cause && { cause }),
  });
};
