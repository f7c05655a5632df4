import {
  FUNCTION_FETCH_ERR,
  INVALID_CONTAINER_SERVICE_ERR,
  INVALID_REMOTE_ERR,
  NEEDS_AUTHENTICATION_ERR,
  PROXY_ERR,
  REQUEST_EGRESS_ALLOWLIST_ERR,
} from './error-names.js';

// Names, fields, their order and the missing stacks are Forge's: apps log and compare them.
// Forge hides the stack of what is no fault of the code that runs.
const hideStack = (error: Error): void => {
  (error as { stack: string | undefined }).stack = undefined;
};

/** An error with the status that goes with it. */
export class HttpError extends Error {
  status: number | undefined;

  constructor(message: string) {
    super(message);
  }
}

/** A `fetch` failed. */
export class FetchError extends Error {
  constructor(cause: string) {
    super(cause);
    hideStack(this);
    this.name = FUNCTION_FETCH_ERR;
  }
}

/** The app may not call this address. */
export class NotAllowedError extends HttpError {
  constructor(message: string) {
    super(message);
    hideStack(this);
    this.name = REQUEST_EGRESS_ALLOWLIST_ERR;
    this.status = 403;
  }
}

/** The address isn't in the manifest's `permissions.external.fetch.backend`. */
export class ExternalEndpointNotAllowedError extends NotAllowedError {
  constructor(failedURL: string) {
    super(
      `URL not included in the external fetch backend permissions: ${failedURL}. Visit go.atlassian.com/forge-egress for more information.`,
    );
  }
}

export class ProductEndpointNotAllowedError extends NotAllowedError {
  constructor(failedURL: string) {
    super(`URL not allowed: ${failedURL}.`);
  }
}

export class RequestProductNotAllowedError extends NotAllowedError {
  constructor(requestedProduct: string, invocationProduct: string) {
    super(`Request ${requestedProduct} is not allowed from ${invocationProduct} context.`);
  }
}

export class InvalidWorkspaceRequestedError extends NotAllowedError {
  constructor(failedURL: string) {
    super(`Invalid workspace requested in URL: ${failedURL}.`);
  }
}

export interface NeedsAuthenticationErrorOptions {
  scopes?: string[];
  isExpectedError?: boolean;
}

/** The user has not granted access yet. Leave it uncaught: the consent boundary asks, and runs the handler again. */
export class NeedsAuthenticationError extends HttpError {
  readonly serviceKey: string;
  readonly options?: NeedsAuthenticationErrorOptions | undefined;

  constructor(
    error: string,
    serviceKey: string,
    options?: NeedsAuthenticationErrorOptions | undefined,
  ) {
    super(error);
    this.serviceKey = serviceKey;
    this.options = options;
    hideStack(this);
    this.name = NEEDS_AUTHENTICATION_ERR;
    this.status = 401;
  }
}

/** `invokeRemote` named a remote that there is none of. */
export class InvalidRemoteError extends HttpError {
  readonly remoteKey: string;

  constructor(error: string, remoteKey: string) {
    super(error);
    this.remoteKey = remoteKey;
    this.name = INVALID_REMOTE_ERR;
    this.status = 400;
  }
}

/** `invokeService` named a service that there is none of. */
export class InvalidContainerServiceError extends HttpError {
  readonly serviceKey: string;

  constructor(error: string, serviceKey: string) {
    super(error);
    this.serviceKey = serviceKey;
    this.name = INVALID_CONTAINER_SERVICE_ERR;
    this.status = 400;
  }
}

/** The platform answered instead of the product; `errorCode` is its word. */
export class ProxyRequestError extends HttpError {
  override status: number;
  errorCode: string;

  constructor(status: number, errorCode: string) {
    super(`Forge platform failed to process runtime HTTP request - ${status} - ${errorCode}`);
    this.status = status;
    this.errorCode = errorCode;
    this.name = PROXY_ERR;
  }
}
