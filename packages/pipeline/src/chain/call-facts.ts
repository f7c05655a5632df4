import type { AuthenticatedCall, Call } from '../call/call.js';
import type { Site } from '../call/site.js';
import type { Clock } from '../services/clock.js';

/** What outer slots and explanations know of an answer, never taken from a header that a server could set. */
export interface CallFacts {
  readonly product: Call['product'];
  readonly method: string;
  readonly template: string;
  readonly attempts: number;
  /** Ms that the call waited in all, for other attempts and for permits. */
  readonly waitedMs: number;
  /** As errors tell it: the request has arrived, or there were no answer. */
  readonly sent: 'yes';
  /** The kind of the provider that answered for the principal. */
  readonly provider: string;
  readonly site: Site;
  /** Where the call went: the site, its gateway, or a Data Center's context path. */
  readonly base: string;
  readonly sentWith: 'none' | 'expired' | 'valid';
  /** Finds out why it was refused; on a 401, 403 or 410 of an auth slot that can tell. */
  readonly explain?: Explain;
}

/** What happened and what to do about it, in whole sentences that show nothing secret. */
export type Explain = (
  response: Response,
) => Promise<{ readonly reason: string; readonly nextStep: string }>;

const facts = new WeakMap<Response, CallFacts>();

const sentWith = (call: AuthenticatedCall, clock: Clock): CallFacts['sentWith'] => {
  if (call.credential === undefined) return 'none';
  const { expiresAt } = call.credential;
  return expiresAt !== undefined && expiresAt <= clock.now() ? 'expired' : 'valid';
};

/** What will be known of the answer to `call`, as it is sent: a credential may expire on the way. */
export const factsFor = (call: AuthenticatedCall, clock: Clock): CallFacts => ({
  product: call.product,
  method: call.method,
  template: call.template,
  attempts: call.attempt,
  waitedMs: call.waitedMs ?? 0,
  sent: 'yes',
  provider: call.provider.kind,
  site: call.site,
  base: call.base,
  sentWith: sentWith(call, clock),
});

/** Notes how `response` came about; the chain does it as each answer leaves the terminal. */
export const recordFacts = (response: Response, known: CallFacts): void => {
  facts.set(response, known);
};

export const factsOf = (response: Response): CallFacts | undefined => facts.get(response);

/** For an auth slot: lets `ensureOk` say why a call was refused, when somebody asks. */
export const offerExplanation = (response: Response, explain: Explain): void => {
  const known = facts.get(response);
  if (known !== undefined) facts.set(response, { ...known, explain });
};

/** For a middleware that hands on another Response than the one it got. */
export const inheritFacts = (from: Response, to: Response): void => {
  const known = facts.get(from);
  if (known !== undefined) facts.set(to, known);
};
