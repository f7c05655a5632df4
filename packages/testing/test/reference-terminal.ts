import {
  type AuthenticatedCall,
  isUnderBase,
  NetworkError,
  openCall,
  RedirectError,
  type Sent,
  type Terminal,
  TimeoutError,
} from '@tributary/pipeline';
import type { TerminalServices } from '../src/index.js';

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
  | 'sends empty bodies';

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
    if (isUnderBase(url, call.base)) {
      const { authorization: _, ...others } = hop.headers;
      return { ...hop, url, ...(has('keeps no credential in the base') && { headers: others }) };
    }
    if (has('carries bodies everywhere')) return { ...hop, url };
    if (hop.method !== 'GET' && hop.method !== 'HEAD') throw refuse();
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
        headers: { ...init.headers, 'accept-encoding': 'gzip' },
      }),
      signal,
      redirect: has('lets fetch redirect') ? 'follow' : 'manual',
      ...{ duplex: 'half' },
    });

  const finish = (response: Response): Response => {
    if (has('throws on 4xx') && response.status >= 400) throw new Error('not ok');
    if (has('answers with a half Response')) {
      const { status, headers } = response;
      return { status, headers, text: () => response.text(), body: response.body } as Response;
    }
    if (has('leaves content encoded') && response.headers.has('content-encoding')) {
      return new Response('\u001f\u008b', response);
    }
    return response;
  };

  return {
    name: 'reference-terminal',
    async send(call) {
      const signal = has('ignores the signal') ? undefined : call.signal;
      signal?.throwIfAborted();
      let hop = open(call);
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
          if (!REDIRECTS.has(response.status) || call.redirect === 'manual') {
            if (has('forgets the signal for bodies')) return finish(response);
            return finish(watchBody(response, signal));
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

/** Ends the body when the signal fires, with a listener that goes when the body ends. */
const watchBody = (response: Response, signal: AbortSignal | undefined): Response => {
  if (signal === undefined || response.body === null) return response;
  const reader = response.body.getReader();
  let onAbort = () => {};
  const release = () => signal.removeEventListener('abort', onAbort);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      onAbort = () => {
        controller.error(signal.reason);
        reader.cancel(signal.reason).catch(() => undefined);
      };
      signal.addEventListener('abort', onAbort);
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (!done) controller.enqueue(value);
      else {
        release();
        controller.close();
      }
    },
    cancel(reason) {
      release();
      return reader.cancel(reason);
    },
  });
  return new Response(body as BodyInit, response);
};
