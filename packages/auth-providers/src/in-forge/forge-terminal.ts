import {
  type AuthenticatedCall,
  type CallBody,
  type Clock,
  discardBody,
  NeedsAuthenticationError,
  NetworkError,
  OutOfBaseError,
  openCall,
  systemClock,
  type Terminal,
  TimeoutError,
} from '@tributary/pipeline';
import { type PlatformRequest, platformFetch } from './forge-runtime.js';
import { ProxyRequestError } from './proxy-request-error.js';

/**
 * The end of the chain inside Forge: the platform's own fetch, which knows the site, the app and the
 * invoking user, and attaches their credentials itself.
 */
export const forgeTerminal = ({
  clock = systemClock,
}: {
  readonly clock?: Clock;
} = {}): Terminal => ({
  name: 'forge',
  async send(call) {
    const path = pathOf(call);
    const fetch = platformFetch();
    const { body, contentType } = await readBody(call.body);
    const headers = { accept: 'application/json', ...contentType, ...call.headers };
    call.signal?.throwIfAborted();
    const limit = startLimit(call, clock);
    try {
      const init = {
        method: call.method,
        headers,
        redirect: call.redirect,
        signal: limit.signal,
        ...(body !== undefined && { body }),
      };
      const answered = fetch(requestOf(call), path, init);
      return readAnswer(await limit.race(answered), call);
    } catch (error) {
      throw limit.signal.aborted ? limit.signal.reason : platformError(error, call);
    } finally {
      limit.end();
    }
  },
});

/** Checked and normalised. The platform joins it to a host of its own, where `//` would begin another. */
const pathOf = (call: AuthenticatedCall): string => {
  const { pathname, search } = openCall(call).url;
  if (!pathname.startsWith('//')) return pathname + search;
  throw new OutOfBaseError('The path leads to another host; build it with `route`.', call.template);
};

const requestOf = ({ principal, product }: AuthenticatedCall): PlatformRequest => {
  const remote = product === 'graph' ? 'stargate' : product;
  // Always there, also where it is undefined, as `@forge/api` says it.
  const accountId = principal.kind === 'user' ? principal.accountId : undefined;
  return { type: 'fpp', provider: principal.kind, remote, accountId };
};

/** The platform takes text and bytes; forms and streams are read into them. */
const readBody = async (body: CallBody | undefined) => {
  if (body === undefined || typeof body === 'string') return { body };
  const encoded = new Response(typeof body === 'function' ? body() : body);
  const bytes = await encoded.arrayBuffer();
  const isForm = body instanceof FormData;
  const type = isForm ? encoded.headers.get('content-type') : null;
  return {
    body: bytes,
    // Confluence refuses uploads without it ("XSRF check failed").
    contentType: type === null ? {} : { 'content-type': type, 'x-atlassian-token': 'no-check' },
  };
};

/** The caller's signal and the call's deadline, also for a fetch that heeds neither. */
const startLimit = ({ signal, deadline, template, attempt }: AuthenticatedCall, clock: Clock) => {
  const late = new AbortController();
  const stop =
    deadline === undefined
      ? undefined
      : clock.setTimer(() => {
          late.abort(
            new TimeoutError(
              'Forge gave no response before the deadline; give the call a longer `timeout`.',
              {
                attempts: attempt,
                template,
              },
            ),
          );
        }, deadline - clock.monotonic());
  const both = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
  return {
    signal: both,
    race: <T>(work: Promise<T>): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        const onAbort = () => reject(both.reason);
        if (both.aborted) onAbort();
        both.addEventListener('abort', onAbort, { once: true });
        work.then(resolve, reject).finally(() => both.removeEventListener('abort', onAbort));
      }),
    end: () => stop?.(),
  };
};

/** Only `forge-proxy-error` makes an answer an error; a product's own 401 is an answer (`@forge/api`). */
const readAnswer = async (response: Response, call: AuthenticatedCall): Promise<Response> => {
  const { template, attempt: attempts } = call;
  const code = response.headers.get('forge-proxy-error');
  if (code === null || code === '') return standardResponse(response);
  discardBody(response);
  throw code === 'NEEDS_AUTHENTICATION_ERR'
    ? new NeedsAuthenticationError({ template, attempts })
    : new ProxyRequestError(response.status, code, { template, attempts });
};

const NULL_BODY_STATUS: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** Runtimes that bring a fetch library of their own answer with its class. */
const standardResponse = async (response: Response): Promise<Response> => {
  if (response instanceof Response) return response;
  const { status, statusText, headers, arrayBuffer } = response as Response;
  const body = NULL_BODY_STATUS.has(status) ? null : await arrayBuffer.call(response);
  const copied = new Headers();
  headers.forEach((value, name) => {
    if (name !== 'content-encoding' && name !== 'content-length') copied.append(name, value);
  });
  return new Response(body, { status, statusText, headers: copied });
};

/** Forge's own errors (`…_ERR`) are what code written for Forge looks for. */
const platformError = (
  error: unknown,
  { template, attempt: attempts }: AuthenticatedCall,
): unknown => {
  if (error instanceof Error && /^[A-Z_]+_ERR$/.test(error.name)) return error;
  return new NetworkError('The request to Forge failed.', { template, attempts, cause: error });
};
