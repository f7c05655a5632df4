import {
  discardBody,
  NetworkError,
  RedirectError,
  type ServiceFetch,
  type ServiceFetchInit,
  sleep,
  systemClock,
  systemRandom,
  TimeoutError,
} from '@tributary/pipeline';
import { isRedirect } from '../redirect/is-redirect.js';
import type { Carrier } from '../terminal/carrier.js';
import { CallEnding } from '../terminal/ending.js';
import { isBrowser } from '../terminal/runtime.js';
import { wireError } from '../terminal/wire-error.js';
import { readCapped } from './read-capped.js';
import type { ServiceFetchSettings } from './service-fetch.js';
import { readServiceUrl, type ServiceUrl } from './service-url.js';

/** A GET is sent at most so often. */
const GET_ATTEMPTS = 3;
const BASE_DELAY = 200;

const RETRIED_STATUS: ReadonlySet<number> = new Set([502, 503, 504]);
const NULL_BODY_STATUS: ReadonlySet<number> = new Set([204, 205, 304]);

const isRetried = (outcome: unknown): boolean =>
  outcome instanceof Response
    ? RETRIED_STATUS.has(outcome.status)
    : outcome instanceof NetworkError && outcome.retryable;

/** What it was before it was decoded and read is no longer true. */
const bufferedHeaders = (response: Response): Headers => {
  const headers = new Headers(response.headers);
  headers.delete('content-encoding');
  headers.delete('content-length');
  return headers;
};

/** What serviceFetch does, loaded with its first request. */
export const serviceRequests = (
  carrier: Carrier,
  {
    userAgent,
    timeout,
    maxBytes,
    clock = systemClock,
    random = systemRandom,
  }: ServiceFetchSettings,
): ServiceFetch => {
  const headersOf = (init: ServiceFetchInit): Record<string, string> => {
    const headers = new Headers(init.headers);
    if (!headers.has('accept')) headers.set('accept', 'application/json');
    if (userAgent !== undefined && !headers.has('user-agent')) headers.set('user-agent', userAgent);
    return Object.fromEntries(headers);
  };

  const exchange = async (
    { href, shown }: ServiceUrl,
    init: ServiceFetchInit,
    signal: AbortSignal,
    attempts: number,
  ): Promise<Response> => {
    const request = {
      url: href,
      method: init.method ?? 'GET',
      headers: headersOf(init),
      body: init.body ?? undefined,
      redirect: isBrowser ? 'error' : 'manual',
    } as const;
    const response = await carrier.carry(request, new CallEnding(signal, false), {
      template: shown,
      attempts,
    });
    if (isRedirect(response.status)) {
      discardBody(response);
      throw new RedirectError(
        `${shown} answered with a redirect, which is never followed here; check the URL.`,
        { attempts, template: shown },
      );
    }
    const bytes = await readCapped(response.body, maxBytes);
    if (bytes === undefined) {
      throw new NetworkError(`${shown} answered with more than ${maxBytes} bytes; check the URL.`, {
        attempts,
        template: shown,
        sent: 'yes',
        retryable: false,
      });
    }
    const { status, statusText } = response;
    return new Response(NULL_BODY_STATUS.has(status) ? null : bytes, {
      status,
      statusText,
      headers: bufferedHeaders(response),
    });
  };

  return async (url, init = {}) => {
    const target = readServiceUrl(url);
    init.signal?.throwIfAborted();
    const deadline = new AbortController();
    const signal = init.signal ? AbortSignal.any([init.signal, deadline.signal]) : deadline.signal;
    const limit = (init.method ?? 'GET').toUpperCase() === 'GET' ? GET_ATTEMPTS : 1;
    let attempt = 1;
    const stopTimer = clock.setTimer(() => {
      deadline.abort(
        new TimeoutError(`${target.shown} gave no answer within ${timeout} ms.`, {
          attempts: attempt,
          template: target.shown,
        }),
      );
    }, timeout);
    try {
      for (; ; attempt += 1) {
        const outcome = await exchange(target, init, signal, attempt).catch((error: unknown) =>
          wireError(error, { template: target.shown, attempts: attempt, signal }),
        );
        if (attempt >= limit || !isRetried(outcome)) {
          if (outcome instanceof Response) return outcome;
          throw outcome;
        }
        await sleep(clock, random() * BASE_DELAY * 2 ** (attempt - 1), signal);
      }
    } finally {
      stopTimer();
    }
  };
};
