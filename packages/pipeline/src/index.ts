export { isLoopback, isUnderBase, normaliseBase, urlUnderBase } from './call/base.js';
export type { CallBody, ReplayableBody } from './call/body.js';
export { isReplayable } from './call/body.js';
// `export *`, since declaration merging reaches CallOptions only through it.
export * from './call/call.js';
export type { Outgoing } from './call/outgoing.js';
export { openCall } from './call/outgoing.js';
export type { AppPrincipal, NoPrincipal, Principal, UserPrincipal } from './call/principal.js';
export type { Site } from './call/site.js';
export type { CallFacts, Explain } from './chain/call-facts.js';
export { factsOf, inheritFacts, offerExplanation } from './chain/call-facts.js';
export type { Pipeline } from './chain/create-pipeline.js';
export { createPipeline } from './chain/create-pipeline.js';
export type {
  AnywhereMiddleware,
  Handler,
  Middleware,
  Slots,
  Terminal,
} from './chain/middleware.js';
export { noRetry } from './chain/no-retry.js';
export type {
  AuthorizationAsked,
  AuthorizationOptions,
  AuthProvider,
  AuthProviderFactory,
  AuthProviders,
  ProviderServices,
  VerifiedIdentity,
} from './credentials/auth-provider.js';
export type { AuthorizationFlow, PendingAuthorization } from './credentials/authorization-flow.js';
export type { ConsentAsked, ConsentDesk, RevokedGrant } from './credentials/consent-desk.js';
export type { ConsentPrompt, ConsentRequest } from './credentials/consent-prompt.js';
export type { Credential } from './credentials/credential.js';
export type {
  AccountLinkKey,
  AccountLinks,
  Grant,
  GrantDecision,
  GrantedSite,
  GrantKey,
  GrantStorage,
  GrantStore,
} from './credentials/grant-store.js';
export type { PendingRecords } from './credentials/pending-records.js';
export { addPast } from './errors/add-past.js';
export type { ErrorCode } from './errors/codes.js';
export { ERROR_CODES } from './errors/codes.js';
export { ChainError, ConfigError } from './errors/config-error.js';
export { ConsentError, NeedsAuthenticationError } from './errors/consent-errors.js';
export { OutOfBaseError, PrincipalError, RequestError } from './errors/request-errors.js';
export type { Sent, TributaryErrorOptions } from './errors/tributary-error.js';
export { hideField, TributaryError } from './errors/tributary-error.js';
export type { RateLimitReason } from './errors/wire-errors.js';
export {
  AuthorizationServerError,
  BodyNotReplayableError,
  NetworkError,
  RateLimitedError,
  RedirectError,
  TimeoutError,
  VerificationError,
} from './errors/wire-errors.js';
export type { Invocation, InvokingUser } from './invocation/invocation.js';
export type { BodyInput } from './request/body.js';
export type { HeadersInput } from './request/headers.js';
export { headerRefusal } from './request/headers.js';
export type { ReadRequest, RequestOptions } from './request/request-options.js';
export { readRequestOptions } from './request/request-options.js';
export { discardBody } from './response/discard-body.js';
export { ensureOk } from './response/ensure-ok.js';
export { InvalidResponseError } from './response/invalid-response-error.js';
export { ResponseError } from './response/response-error.js';
export { escapeControl, redactHeaders, redactQuery } from './secrets/redact.js';
export { REDACTED } from './secrets/redacted.js';
export { revealSecret, Secret } from './secrets/secret.js';
export type { Clock } from './services/clock.js';
export { sleep, systemClock } from './services/clock.js';
export type { LogFields, Logger } from './services/logger.js';
export { silentLogger } from './services/logger.js';
export type { Random } from './services/random.js';
export { systemRandom } from './services/random.js';
export type { ServiceFetch, ServiceFetchInit } from './services/service-fetch.js';
