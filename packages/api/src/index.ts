export {
  AuthorizationServerError,
  BodyNotReplayableError,
  ChainError,
  ConfigError,
  ConsentError,
  type ErrorCode,
  ensureOk,
  factsOf,
  NeedsAuthenticationError,
  NetworkError,
  OutOfBaseError,
  PrincipalError,
  RateLimitedError,
  RedirectError,
  RequestError,
  type RequestOptions,
  ResponseError,
  TimeoutError,
  TributaryError,
  VerificationError,
  type VerifiedIdentity,
} from '@tributary/pipeline';
export {
  assumeTrustedRoute,
  isRoute,
  type Route,
  RouteError,
  route,
  routeFromAbsolute,
} from '@tributary/route';
export { AuthorizationCheckError } from './authorize/authorization-check-error.js';
export type { Authorize, ConfluenceContentChecks } from './authorize/authorize.js';
export { createFacade, type FacadeOptions, type Tributary } from './create-facade.js';
export type { TributaryOptions } from './create-tributary.js';
export { createTributary } from './create-tributary.js';
export { DEFAULT_SCOPES, type FromEnvOptions, fromEnv } from './from-env.js';
export type {
  Api,
  PrincipalApi,
  ProductApi,
  RequestProduct,
  TypedResponse,
} from './request/api.js';
export type { VerifyOptions } from './verify/verify.js';
