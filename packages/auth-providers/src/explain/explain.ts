import { type CallFacts, factsOf, systemClock } from '@tributary/pipeline';
import { peekText } from '../peek-text.js';
import type { AuthFailure, AuthFailureContext, EndpointScopes } from './auth-failure.js';
import { endpointScopes } from './endpoint-scopes.js';
import { FAILURE_RULES, type FailureRule, type FailureSigns, type Place } from './failure-rules.js';
import { findEndpoint } from './find-endpoint.js';
import { V2_SUCCESSORS } from './v2-successors.js';

/** All that the rules look at. */
interface Evidence extends AuthFailureContext {
  readonly response: Response;
  readonly at: Place | undefined;
  readonly text: string;
  readonly successor: string | undefined;
}

/** The first rule that fits, in the words for this call. */
export const explain = async (
  response: Response,
  context: AuthFailureContext,
): Promise<AuthFailure> => {
  const known: Partial<CallFacts> & AuthFailureContext = { ...factsOf(response), ...context };
  const { template, method = 'GET' } = known;
  const category = response.headers.get('x-failure-category') ?? '';
  const successor =
    template === undefined ? undefined : findEndpoint(V2_SUCCESSORS, template)?.[method];
  const { text } = await peekText(response, systemClock);
  const evidence: Evidence = {
    ...known,
    response,
    at: placeOf(known),
    text: `${category}\n${text}`,
    successor,
  };
  const rule = FAILURE_RULES.find(({ signs }) => hasSigns(evidence, signs)) ?? UNKNOWN;
  const { cause, alsoPossible = [], reason, nextStep } = rule;
  const scopes =
    cause === 'scope-mismatch' && template !== undefined
      ? endpointScopes(template, method)
      : undefined;
  const isGone = cause === 'endpoint-gone' && successor !== undefined;
  return {
    cause,
    alsoPossible,
    status: response.status,
    reason,
    nextStep: nextStep
      .replace('{scopes}', () => describeScopes(scopes))
      .replace('{successor}', () => successor ?? ''),
    ...(scopes && { scopes }),
    ...(isGone && { successor }),
  };
};

const UNKNOWN: Pick<FailureRule, 'cause' | 'alsoPossible' | 'reason' | 'nextStep'> = {
  cause: 'unknown',
  reason: 'The answer is no refusal of a credential.',
  nextStep: 'Look at its status and body.',
};

/** Only a base that is known tells; what a server says of itself doesn't. */
const placeOf = ({ site, base }: AuthFailureContext): Place | undefined => {
  if (site?.deployment === 'data-center') return 'data-center';
  if (site === undefined || base === undefined) return undefined;
  return base.startsWith(site.url) ? 'site' : 'gateway';
};

const hasSigns = (evidence: Evidence, signs: FailureSigns): boolean => {
  const { response, at, provider = '', token, sentWith, text, successor } = evidence;
  const header = signs.header && (response.headers.get(signs.header[0]) ?? '');
  return (
    signs.status.includes(response.status) &&
    (signs.at === undefined || (at !== undefined && signs.at.includes(at))) &&
    (signs.provider?.test(provider) ?? true) &&
    (signs.token === undefined || signs.token === token) &&
    (signs.sentWith === undefined || signs.sentWith === sentWith) &&
    (signs.header?.[1].test(header ?? '') ?? true) &&
    (signs.says?.test(text) ?? true) &&
    (signs.hasSuccessor === undefined || signs.hasSuccessor === (successor !== undefined))
  );
};

const describeScopes = (scopes: EndpointScopes | undefined): string => {
  if (scopes === undefined) {
    return 'The REST API reference lists the scopes of each endpoint; v2 wants granular ones, v1 mostly classic ones.';
  }
  const { classic, granular } = scopes;
  const [first, ...others] = [classic, granular]
    .filter((names) => names.length > 0)
    .map((names) => names.join(' and '));
  if (others.length > 0) return `This endpoint wants ${first}, or ${others[0]}.`;
  const isGranular = classic.length === 0;
  return `This endpoint wants ${first}${isGranular ? '; classic scopes do not count here' : ''}.`;
};
