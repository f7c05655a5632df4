import { type AuthenticatedCall, discardBody, RedirectError } from '@tributary/pipeline';
import { decideRedirect, type Exposure } from './decide-redirect.js';
import type { HopRequest, Send } from './follow-redirects.js';
import { hopHeaders } from './hop-headers.js';
import { isRedirect } from './is-redirect.js';
import { markRedirected } from './mark-redirected.js';

/** As many as fetch follows. */
const MAX_REDIRECTS = 20;

const refuse = (call: AuthenticatedCall, response: Response, what: string): RedirectError => {
  discardBody(response);
  return new RedirectError(
    `The server redirects ${what}; it was not followed. To look at the answer itself, send \`redirect: 'manual'\`.`,
    { attempts: call.attempt, template: call.template },
  );
};

/** Goes on from the first redirect until an answer is none, or may not be followed. */
export const followHops = async (
  call: AuthenticatedCall,
  first: HopRequest,
  answer: Response,
  send: Send,
  userAgent: string | undefined,
): Promise<Response> => {
  if (call.redirect === 'error') throw refuse(call, answer, "although `redirect` is 'error'");
  if (answer.type === 'opaqueredirect') {
    throw refuse(call, answer, 'and this runtime hides where to');
  }
  let request = first;
  let response = answer;
  let exposure: Exposure = 'full';
  const seen = new Set([`${request.method} ${request.url}`]);
  while (isRedirect(response.status)) {
    const location = response.headers.get('location');
    if (location === null) return response;
    if (seen.size > MAX_REDIRECTS) {
      throw refuse(call, response, `more than ${MAX_REDIRECTS} times`);
    }
    const { base } = call;
    const { url, method, body } = request;
    const { status } = response;
    const decision = decideRedirect({ base, url, method, body, exposure, status, location });
    if (decision.hop === undefined) throw refuse(call, response, decision.refusal);
    const { hop } = decision;
    exposure = hop.exposure;
    request = {
      url: hop.url.href,
      method: hop.method,
      headers: hopHeaders(request.headers, exposure, {
        hasBody: hop.body !== undefined,
        userAgent,
      }),
      body: hop.body,
      redirect: 'manual',
    };
    const step = `${request.method} ${request.url}`;
    if (seen.has(step)) throw refuse(call, response, 'in a circle');
    seen.add(step);
    discardBody(response);
    response = markRedirected(await send(request));
  }
  return response;
};
