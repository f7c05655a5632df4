import type { AttemptCall, AuthenticatedCall, Call, ResolvedCall } from '../call/call.js';
import type { Middleware, Terminal } from '../chain/middleware.js';
import type { AuthProviders } from '../credentials/auth-provider.js';
import type { ConsentPrompt } from '../credentials/consent-prompt.js';
import type { AccountLinks, GrantStore } from '../credentials/grant-store.js';
import type { PendingRecords } from '../credentials/pending-records.js';
import type { Clock } from '../services/clock.js';
import type { Logger } from '../services/logger.js';
import type { Random } from '../services/random.js';
import type { ServiceFetch } from '../services/service-fetch.js';
import { listToken, token } from './token.js';

// One per slot of the chain.
export const OBSERVE = listToken<Middleware<Call>>('OBSERVE');
export const RESOLVE = token<Middleware<Call, ResolvedCall>>('RESOLVE');
export const CONSENT = listToken<Middleware<ResolvedCall>>('CONSENT');
export const RETRY = token<Middleware<ResolvedCall, AttemptCall>>('RETRY');
export const BUDGET = listToken<Middleware<AttemptCall>>('BUDGET');
export const AUTH = token<Middleware<AttemptCall, AuthenticatedCall>>('AUTH');
export const ATTEMPT = listToken<Middleware<AuthenticatedCall>>('ATTEMPT');
export const TRANSPORT = token<Terminal>('TRANSPORT');

// What the parts share.
export const AUTH_PROVIDERS = token<AuthProviders>('AUTH_PROVIDERS');
export const GRANT_STORE = token<GrantStore>('GRANT_STORE');
export const ACCOUNT_LINKS = token<AccountLinks>('ACCOUNT_LINKS');
export const PENDING_RECORDS = token<PendingRecords>('PENDING_RECORDS');
export const CONSENT_PROMPT = token<ConsentPrompt>('CONSENT_PROMPT');
export const FETCH = token<ServiceFetch>('FETCH');
export const CLOCK = token<Clock>('CLOCK');
export const RANDOM = token<Random>('RANDOM');
export const LOGGER = token<Logger>('LOGGER');
