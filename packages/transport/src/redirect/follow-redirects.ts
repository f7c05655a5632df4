import type { AuthenticatedCall, CallBody } from '@tributary/pipeline';
import type { WireRequest } from '../terminal/wire-request.js';
import { isRedirect } from './is-redirect.js';

export type HopRequest = WireRequest<CallBody>;
export type Send = (request: HopRequest) => Promise<Response>;

/**
 * Sends a request and follows where it is sent, by hand: fetch would take the credential along to
 * other paths of the same origin, and custom headers everywhere.
 */
export const followRedirects = (
  call: AuthenticatedCall,
  request: HopRequest,
  send: Send,
  userAgent: string | undefined,
): Promise<Response> =>
  send(request).then((response) =>
    isRedirect(response.status) || response.type === 'opaqueredirect'
      ? // Loaded on first use: most programs never see a redirect, and no browser shows one.
        import('./follow-hops.js').then(({ followHops }) =>
          followHops(call, request, response, send, userAgent),
        )
      : response,
  );
