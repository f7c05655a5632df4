import type { Secret } from '../secrets/secret.js';

/**
 * An authorization code grant (RFC 6749, section 4.1) under way. Plain data but for its verifier, so
 * that the callback may arrive at another process than the one that asked.
 */
export interface PendingAuthorization {
  readonly issuer: string;
  readonly clientId: string;
  /** Where to send the person. Holds `state`, so it is shown to nobody else. */
  readonly url: string;
  readonly state: string;
  readonly codeVerifier: Secret;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** The app's own user who is asked; the grant is linked to them. */
  readonly userId?: string;
  /** The account that has to grant, where it is known; another one is refused. */
  readonly accountId?: string;
}

/** What a provider offers to whoever asks the person for consent. */
export interface AuthorizationFlow {
  /** The registered redirect URI: servers compare it character by character (RFC 9700, section 2.1). */
  readonly redirectUri: string;
  /** Whether the server lets a loopback redirect use any port (RFC 8252, section 7.3). */
  readonly allowsAnyLoopbackPort: boolean;
  readonly scopes: readonly string[];
  start(options?: { readonly redirectUri?: string }): Promise<PendingAuthorization>;
  /**
   * Checks the callback's parameters against `pending`, exchanges the code and stores the grant.
   * @throws ConsentDeniedError when the person said no; a typed error when anything doesn't match.
   */
  complete(
    pending: PendingAuthorization,
    callback: URLSearchParams,
    options?: { readonly signal?: AbortSignal },
  ): Promise<{ readonly accountId: string }>;
}
