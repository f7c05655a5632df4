/** Every code of the packages' own errors, with what it means. docs/errors.md is checked against it. */
export const ERROR_CODES = {
  CONFIG_INVALID: 'A setting is missing or wrong; `field` names it.',
  CHAIN_INVALID:
    'The chain can not be composed: a slot is missing, doubled or holds the wrong thing.',
  REQUEST_INVALID: 'A request option is refused; `field` names it.',
  OUT_OF_BASE: 'The URL would leave the base that its credential belongs to.',
  PRINCIPAL_UNAVAILABLE:
    'Nobody answers for this principal here: no user, no provider, or another invocation.',
  NEEDS_AUTHENTICATION_ERR: 'The user has not granted access yet.',
  CONSENT_DENIED: 'The user was asked and said no.',
  CONSENT_TIMEOUT: 'The user was asked and did not answer in time.',
  CONSENT_ROUNDS: 'The handler asked for consent again and again.',
  CONSENT_CALLBACK:
    'The authorization server answered with something that does not match what was asked.',
  CONSENT_UNAVAILABLE: 'There is no way to ask the user here.',
  CONSENT_REFUSED: 'Somebody else than the person who was asked, or another browser, went on.',
  GRANT_REFRESH_FAILED: 'The grant could not be renewed; it is kept.',
  GRANT_STORE_FAILED: 'The grant store could not be used; it keeps what it has.',
  GRANT_UNREADABLE: 'A stored grant can not be read with the keys that are given; it is kept.',
  AUTHORIZATION_SERVER: 'The authorization server refused or could not be understood.',
  NETWORK_FAILED: 'The connection failed.',
  TIMEOUT: 'The deadline passed before the response headers came.',
  RATE_LIMITED: 'The server asked to wait longer than the deadline allows.',
  QUEUE_FULL: 'More calls wait for a permit than the budget lets wait.',
  SERVER_UNAVAILABLE: 'The server kept failing, and calls to it are held back for a while.',
  REDIRECT_REFUSED: 'A redirect leads where the request must not go.',
  BODY_NOT_REPLAYABLE: 'The request has to be sent again, but its body is a stream that was used.',
  RESPONSE_NOT_OK: 'The server answered with an error status.',
  RESPONSE_INVALID: 'The answer is a success, but not what its endpoint promises.',
  PAGING_LOOP: 'A list leads back to a page that was read already.',
  ATTACHMENT_CHANGED: 'The attachment changed while it was read.',
  LONG_TASK_FAILED: 'A long-running task ended without success.',
  VERIFICATION_FAILED: 'A credential is not valid where it was verified, or belongs to nobody.',
  AUTHORIZATION_CHECK_FAILED: 'A permission check got no clear answer.',
  INVOCATION_TOKEN_INVALID:
    'A request to a Forge Remote is no invocation of this app; `reason` says why.',
  INVOCATION_KEYS_UNAVAILABLE: 'The keys that Forge signs invocations with can not be had.',
  OFFLINE_USER_REFUSED: 'The app was given no token to act for a user who is not there.',
  FORGE_RUNTIME_MISSING: 'Code written for Forge ran where nothing stands in for its runtime.',
  FORGE_UNSUPPORTED: 'Code written for Forge used what there is nothing of outside it.',
  FORGE_MANIFEST_INVALID: "A Forge app's manifest is wrong, or names code that can not be run.",
  FORGE_SCOPE_MISSING: "A Forge app's manifest lists no scope that an endpoint wants.",
  PROXY_ERR: "Forge's own proxy refused the request; `errorCode` is its word.",
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof ERROR_CODES;
