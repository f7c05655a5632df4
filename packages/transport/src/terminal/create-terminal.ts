import {
  type AuthenticatedCall,
  type CallBody,
  type Clock,
  openCall,
  systemClock,
  type Terminal,
} from '@tributary/pipeline';
import { followRedirects } from '../redirect/follow-redirects.js';
import { underDeadline } from './deadline.js';
import { openRequest } from './open-request.js';
import { outgoingHeaders } from './outgoing-headers.js';
import { isBrowser } from './runtime.js';
import { userAgentOf } from './user-agent.js';
import type { Carry, Exchange, WireRequest } from './wire-request.js';

export interface TerminalOptions {
  /** Stands in front of our own product in the User-Agent: `my-app/2.3 tributary/1.0.0`. Default none. */
  readonly userAgent?: string;
  /** What the call's deadline is measured by. Default the system's. */
  readonly clock?: Clock;
}

/** The same around what needs no signal to be ended. */
export const createTerminalOver = (
  name: string,
  carry: Carry,
  { userAgent, clock = systemClock }: TerminalOptions = {},
): Terminal => {
  const agent = userAgentOf(userAgent);

  const open = (call: AuthenticatedCall): WireRequest<CallBody> => {
    const { url, authorization } = openCall(call);
    return {
      url: url.href,
      method: call.method,
      headers: outgoingHeaders(call, authorization, agent),
      body: call.body,
      redirect: isBrowser && call.redirect === 'follow' ? 'follow' : 'manual',
    };
  };

  return {
    name,
    send(call) {
      let request: WireRequest<CallBody>;
      try {
        request = open(call);
      } catch (error) {
        return Promise.reject(error);
      }
      const context = { template: call.template, attempts: call.attempt };
      return underDeadline(call, clock, (ending) => {
        const send = (hop: WireRequest<CallBody>): Promise<Response> => {
          try {
            return carry(openRequest(hop, call.template), ending, context);
          } catch (error) {
            return Promise.reject(error);
          }
        };
        return request.redirect === 'follow' || call.redirect === 'manual'
          ? send(request)
          : followRedirects(call, request, send, agent);
      });
    },
  };
};

/**
 * A terminal around anything that can carry one request: the checks, headers, deadline and redirects
 * are the same whatever that is.
 */
export const createTerminal = (
  name: string,
  exchange: Exchange,
  options: TerminalOptions = {},
): Terminal =>
  createTerminalOver(
    name,
    (request, { signal }, context) => exchange(request, signal, context),
    options,
  );
