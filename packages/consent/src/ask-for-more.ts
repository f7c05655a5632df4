import { type EndpointScopes, explainAuthFailure } from '@tributary/auth-providers';
import {
  discardBody,
  factsOf,
  NeedsAuthenticationError,
  type ResolvedCall,
} from '@tributary/pipeline';
import { requestFor } from './teach.js';

/** What makes a grant last, and is no scope of an endpoint; answers may not list it. */
const OFFLINE = 'offline_access';

/**
 * The response itself, unless it is a scope mismatch that the user can make good.
 * @throws NeedsAuthenticationError that asks for what they granted and what is missing, since a new
 *   grant holds only what was asked for.
 */
export const askForMore = async (response: Response, call: ResolvedCall): Promise<Response> => {
  const { provider, invocation, template, method, site, base } = call;
  if (provider.authorization === undefined || invocation?.interactive !== true) return response;
  const context = { template, method, provider: provider.kind, site, base };
  const { cause, scopes: wanted } = await explainAuthFailure(response, context);
  if (cause !== 'scope-mismatch' || wanted === undefined) return response;
  const request = await requestForMore(call, wanted).catch(() => undefined);
  if (request === undefined) return response;
  discardBody(response);
  const { attempts = 1 } = factsOf(response) ?? {};
  const error = new NeedsAuthenticationError({ template, attempts });
  error.learn(request);
  throw error;
};

const requestForMore = async (call: ResolvedCall, wanted: EndpointScopes) => {
  const configured = call.provider.authorization?.(call).scopes ?? [];
  // The grant's own: what is configured may have changed since, and an earlier round asked for more.
  const granted = (await call.provider.verify?.(call))?.scopes ?? configured;
  const missing = missingScopes(wanted, granted, configured);
  if (missing.length === 0) return undefined;
  const lasting = configured.includes(OFFLINE) ? [OFFLINE] : [];
  const scopes = [...new Set([...granted, ...missing, ...lasting])];
  const flow = call.provider.authorization?.(call, { scopes });
  // A provider that can't ask for more would be asked in vain.
  const asks = missing.every((scope) => flow?.scopes.includes(scope));
  return flow && asks ? requestFor(call, flow, missing) : undefined;
};

/**
 * What a grant needs besides: all of one of the lists. The one whose rest is configured, so that the
 * app surely has it; else the one that lacks least; else the classic one, as Atlassian advises.
 */
export const missingScopes = (
  { classic, granular }: EndpointScopes,
  granted: readonly string[],
  configured: readonly string[],
): readonly string[] => {
  const lacks = [classic, granular]
    .filter((list) => list.length > 0)
    .map((list) => list.filter((scope) => !granted.includes(scope)));
  const notConfigured = (list: readonly string[]) =>
    list.filter((scope) => !configured.includes(scope)).length;
  const [best = []] = lacks.toSorted(
    (a, b) => notConfigured(a) - notConfigured(b) || a.length - b.length,
  );
  return best;
};
