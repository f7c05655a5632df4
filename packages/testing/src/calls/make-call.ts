import {
  type AttemptCall,
  type AuthenticatedCall,
  type Call,
  type ResolvedCall,
  Secret,
} from '@tributary/pipeline';
import { staticProvider } from '../fakes/static-provider.js';

const SITE_URL = 'https://example.atlassian.net/';

const callFields = (overrides: Partial<Call>): Call => ({
  product: 'confluence',
  site: Object.freeze({ deployment: 'cloud', url: SITE_URL }),
  principal: Object.freeze({ kind: 'app' }),
  path: '/wiki/api/v2/pages/42',
  template: '/wiki/api/v2/pages/{}',
  method: 'GET',
  redirect: 'follow',
  ...overrides,
  // Frozen, so that code that changes a call shows.
  headers: Object.freeze({ ...overrides.headers }),
  options: Object.freeze({ ...overrides.options }),
});

const resolvedFields = (overrides: Partial<ResolvedCall>): ResolvedCall => {
  const call = callFields(overrides);
  const base = overrides.base ?? call.site.url;
  const provider = staticProvider({ base, authorization: 'Bearer test-token' });
  return { ...call, provider: overrides.provider ?? provider, base };
};

const attemptFields = (overrides: Partial<AttemptCall>): AttemptCall => ({
  ...resolvedFields(overrides),
  attempt: overrides.attempt ?? 1,
});

/** A GET of page 42, as the app, on a Cloud site; `overrides` win. Frozen. */
export const makeCall = (overrides: Partial<Call> = {}): Call =>
  Object.freeze(callFields(overrides));

/** The same, resolved to its site's URL. */
export const makeResolvedCall = (overrides: Partial<ResolvedCall> = {}): ResolvedCall =>
  Object.freeze(resolvedFields(overrides));

/** The same, as its first attempt. */
export const makeAttemptCall = (overrides: Partial<AttemptCall> = {}): AttemptCall =>
  Object.freeze(attemptFields(overrides));

/** The same, with `Bearer test-token` for its base; `credential: undefined` sends none. */
export const makeAuthenticatedCall = (
  overrides: Partial<AuthenticatedCall> = {},
): AuthenticatedCall => {
  const call = attemptFields(overrides);
  const credential =
    'credential' in overrides
      ? overrides.credential
      : Object.freeze({ authorization: new Secret('Bearer test-token'), base: call.base });
  return Object.freeze({ ...call, credential });
};
