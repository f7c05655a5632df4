import {
  type AuthenticatedCall,
  isReplayable,
  isUnderBase,
  NetworkError,
  openCall,
  RedirectError,
  RequestError,
  type Sent,
  type Terminal,
  TimeoutError,
} from '@tributary/pipeline';
import type { TerminalServices } from '../src/index.js';
import { type AnswerFlaw, asRedirected, flawedAnswer, watchBody } from './reference-answers.js';

/** Ways to be wrong, each for one case or two of the kit to find. */
export type Flaw =
  | 'skips openCall'
  | 'skips the credential check'
  | 'forgets headers'
  | 'sends forms as text'
  | 'drains once'
  | "prefers the caller's Authorization"
  | "drops the caller's Authorization"
  | 'ignores the signal'
  | 'forgets the signal for bodies'
  | 'leaves its listener'
  | 'ignores the deadline'
  | 'aborts the body by the deadline'
  | 'calls everything sent'
  | 'calls nothing sent'
  | 'lets fetch redirect'
  | 'carries credentials everywhere'
  | 'carries headers everywhere'
  | 'carries bodies everywhere'
  | 'follows for ever'
  | 'follows anywhere'
  | 'throws on 4xx'
  | 'answers with a half Response'
  | 'leaves content encoded'
  | 'shows the URL'
  | 'keeps no credential in the base'
  | 'follows only the origin'
  | 'upper-cases paths'
  | 'sends empty bodies'
  | 'sends every body as a string'
  | 'sends every body as a stream'
  | 'collects uploads'
  | 'types bodies by itself'
  | 'drops the body of a GET'
  | 'opens a connection each'
  | 'forgets bodies on the way'
  | 'repeats a PUT after 303'
  | 'wants a Location'
  | 'takes every 3xx for a redirect'
  | 'adds again what it left behind'
  | 'hides redirects'
  | AnswerFlaw;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 10;

interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: BodyInit | null;
}

/** As small as a terminal can be and right, over the built-in fetch; `flaw` takes one thing away. */
export const referenceTerminal = ({ clock }: TerminalServices, flaw?: Flaw): Terminal => {
  const has = (name: Flaw): boolean => flaw === name;
  const drained = new WeakSet<object>();

  const open = (call: AuthenticatedCall): Hop => {
    let target: ReturnType<typeof openCall>;
    if (has('skips openCall')) {
      target = {
        ...openCall({ ...call, path: '/' }),
        url: new URL(call.base + call.path.slice(1)),
      };
    } else if (has('skips the credential check') && call.credential) {
      target = openCall({ ...call, credential: { ...call.credential, base: call.base } });
    } else target = openCall(call);
    const headers: Record<string, string> = has('forgets headers') ? {} : { ...call.headers };
    const own = headers.authorization;
    delete headers.authorization;
    if (target.authorization !== undefined) headers.authorization = target.authorization;
    if (has("prefers the caller's Authorization") && own) headers.authorization = own;
    if (has("drops the caller's Authorization") && !call.credential) delete headers.authorization;
    let body = typeof call.body === 'function' ? call.body() : call.body;
    if (has('sends forms as text') && body instanceof FormData) body = 'a form';
    if (has('drains once') && typeof call.body === 'object') {
      if (drained.has(call.body)) body = '';
      drained.add(call.body);
    }
    if (has('sends empty bodies')) body = undefined;
    if (has('sends every body as a string') && body !== undefined) body = `${body}!`;
    if (has('sends every body as a stream') && body !== undefined) {
      const response = new Response(body as BodyInit);
      const type = response.headers.get('content-type');
      if (type !== null) headers['content-type'] ??= type;
      body = response.body as ReadableStream<Uint8Array>;
    }
    if (has('types bodies by itself')) headers['content-type'] = 'text/plain';
    if (has('drops the body of a GET') && call.method === 'GET') body = undefined;
    if (has('opens a connection each')) headers.connection = 'close';
    if (has('follows only the origin')) target = { ...target, url: new URL(call.path, call.base) };
    if (has('upper-cases paths')) target.url.pathname = target.url.pathname.toUpperCase();
    return { url: target.url, method: call.method, headers, body: body ?? null };
  };

  const failure = (call: AuthenticatedCall, cause: unknown, isLate: boolean): Error => {
    const { template, attempt: attempts } = call;
    const code = ((cause as Error).cause as { code?: string } | undefined)?.code;
    let sent: Sent = code === 'ECONNREFUSED' ? 'no' : 'unknown';
    if (has('calls everything sent')) sent = 'yes';
    if (has('calls nothing sent')) sent = 'no';
    if (isLate) return new TimeoutError('The deadline passed.', { template, attempts, cause });
    if (cause instanceof TypeError && cause.cause === undefined) {
      return new RequestError('request', 'was refused by fetch', template);
    }
    const where = has('shows the URL') ? ` ${call.base}${call.path}` : '';
    const message = `The connection failed.${where}`;
    return new NetworkError(message, { template, attempts, sent, cause });
  };

  const nextHop = (call: AuthenticatedCall, hop: Hop, response: Response): Hop => {
    const { template, attempt: attempts } = call;
    const location = response.headers.get('location') ?? '';
    const refuse = () => new RedirectError('The redirect is refused.', { template, attempts });
    if (call.redirect === 'error' || !URL.canParse(location, hop.url)) throw refuse();
    const url = new URL(location, hop.url);
    const isWebUrl = url.protocol.startsWith('http') && url.username === '';
    if (!isWebUrl && !has('follows anywhere')) throw refuse();
    const isRead = hop.method === 'GET' || hop.method === 'HEAD';
    if (response.status === 303 && !isRead && !has('repeats a PUT after 303')) {
      const { 'content-type': _, ...headers } = hop.headers;
      return nextHop(call, { ...hop, method: 'GET', body: null, headers }, response);
    }
    if (has('forgets bodies on the way')) return { ...hop, url, body: null };
    if (!isReplayable(call.body) && hop.body !== null) throw refuse();
    if (isUnderBase(url, call.base)) {
      const { authorization: _, ...others } = hop.headers;
      if (has('adds again what it left behind'))
        return { ...hop, url, headers: open(call).headers };
      return { ...hop, url, ...(has('keeps no credential in the base') && { headers: others }) };
    }
    if (has('carries bodies everywhere')) return { ...hop, url };
    if (!isRead) throw refuse();
    const isSameOrigin = url.origin === hop.url.origin;
    const kept = isSameOrigin ? Object.keys(hop.headers) : ['accept', 'range'];
    const headers = Object.fromEntries(
      Object.entries(hop.headers).filter(
        ([name]) =>
          (name === 'authorization' && has('carries credentials everywhere')) ||
          (name !== 'authorization' && (kept.includes(name) || has('carries headers everywhere'))),
      ),
    );
    return { ...hop, url, headers };
  };

  const fetchHop = ({ url, ...init }: Hop, signal: AbortSignal) =>
    fetch(url, {
      ...init,
      ...(has('leaves content encoded') && {
        headers: { ...init.headers, 'accept-encoding': 'gzip, deflate, br, zstd' },
      }),
      signal,
      redirect: has('lets fetch redirect') ? 'follow' : 'manual',
      ...{ duplex: 'half' },
    });

  const isRedirect = (response: Response): boolean => {
    if (has('takes every 3xx for a redirect')) return Math.floor(response.status / 100) === 3;
    if (!REDIRECTS.has(response.status)) return false;
    return has('wants a Location') || response.headers.has('location');
  };

  return {
    name: 'reference-terminal',
    async send(call) {
      const signal = has('ignores the signal') ? undefined : call.signal;
      signal?.throwIfAborted();
      let hop = open(call);
      if (has('collects uploads') && hop.body instanceof ReadableStream) {
        hop = { ...hop, body: await new Response(hop.body).arrayBuffer() };
      }
      const controller = new AbortController();
      const onAbort = () => controller.abort(signal?.reason);
      let isLate = false;
      const stop = () => {
        isLate = true;
        controller.abort(new Error('late'));
      };
      const left = (call.deadline ?? Number.POSITIVE_INFINITY) - clock.monotonic();
      const watchesDeadline = Number.isFinite(left) && !has('ignores the deadline');
      if (watchesDeadline && left <= 0) {
        const { template, attempt: attempts } = call;
        throw new TimeoutError('The deadline has passed.', { template, attempts, sent: 'no' });
      }
      const cancel = watchesDeadline ? clock.setTimer(stop, left) : () => {};
      signal?.addEventListener('abort', onAbort);
      const release = () => signal?.removeEventListener('abort', onAbort);
      try {
        for (let hops = 0; ; hops += 1) {
          const response = await fetchHop(hop, controller.signal).catch((cause: unknown) => {
            signal?.throwIfAborted();
            throw failure(call, cause, isLate);
          });
          if (!isRedirect(response) || call.redirect === 'manual') {
            const answer = has('forgets the signal for bodies')
              ? response
              : watchBody(response, signal);
            const given = await flawedAnswer(answer, call.method, flaw);
            return hops > 0 && !has('hides redirects') ? asRedirected(given) : given;
          }
          await response.body?.cancel();
          hop = nextHop(call, hop, response);
          if (hops >= (has('follows for ever') ? 40 : MAX_REDIRECTS)) {
            const { template, attempt: attempts } = call;
            throw new RedirectError('Too many redirects.', { template, attempts });
          }
        }
      } finally {
        if (!has('aborts the body by the deadline')) cancel();
        if (!has('leaves its listener')) release();
      }
    },
  };
};
