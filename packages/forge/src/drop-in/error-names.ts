/** The `name`s of Forge's errors, by which apps and Forge's own predicates tell them apart. */
export const FUNCTION_ERR = 'FUNCTION_ERR';
export const REQUEST_EGRESS_ALLOWLIST_ERR = 'REQUEST_EGRESS_ALLOWLIST_ERR';
export const FUNCTION_FETCH_ERR = 'FUNCTION_FETCH_ERR';
export const NEEDS_AUTHENTICATION_ERR = 'NEEDS_AUTHENTICATION_ERR';
export const INVALID_REMOTE_ERR = 'INVALID_REMOTE_ERR';
export const INVALID_CONTAINER_SERVICE_ERR = 'INVALID_CONTAINER_SERVICE_ERR';
export const PROXY_ERR = 'PROXY_ERR';
const SEND_EMAIL_ERR = 'SEND_EMAIL_ERR';
const API_NOT_READY_ERR = 'API_NOT_READY_ERR';

const PLATFORM_ERRORS: ReadonlySet<string> = new Set([
  REQUEST_EGRESS_ALLOWLIST_ERR,
  FUNCTION_FETCH_ERR,
  NEEDS_AUTHENTICATION_ERR,
  PROXY_ERR,
  SEND_EMAIL_ERR,
  API_NOT_READY_ERR,
]);

// PROXY_ERR is not among them, as in Forge: the app can do nothing about it.
const HOSTED_CODE_ERRORS: ReadonlySet<string> = new Set([
  FUNCTION_ERR,
  REQUEST_EGRESS_ALLOWLIST_ERR,
  FUNCTION_FETCH_ERR,
  NEEDS_AUTHENTICATION_ERR,
  SEND_EMAIL_ERR,
]);

/** Whether the platform threw it. Looks at the name alone, and so knows errors of `@forge/api` too. */
export const isForgePlatformError = (err: Error): boolean => PLATFORM_ERRORS.has(err.name);

/** Whether it is the app's to answer for; takes the name as well. */
export const isHostedCodeError = (err: Error | string): boolean =>
  HOSTED_CODE_ERRORS.has(typeof err === 'string' ? err : err.name);

/** Whether it only asks for consent, as `requestCredentials()` does, and is no failure. */
export const isExpectedError = (err: Error): boolean => {
  const { options } = err as { options?: { isExpectedError?: unknown } };
  return err.name === NEEDS_AUTHENTICATION_ERR && Boolean(options?.isExpectedError);
};
