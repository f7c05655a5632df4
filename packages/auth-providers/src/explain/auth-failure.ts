import type { CallFacts } from '@tributary/pipeline';

/** Why a call was refused. */
export type AuthFailureCause =
  /** No credential was sent, or the server took the call for nobody's. */
  | 'anonymous'
  /** Something before Confluence (a firewall, a proxy) refused it. */
  | 'blocked'
  /** Failed log-ins asked for a CAPTCHA, which only a browser shows. */
  | 'captcha'
  /** 410: the endpoint was removed. */
  | 'endpoint-gone'
  | 'expired'
  /** 404: it does not exist, or the principal may not see it. */
  | 'hidden'
  | 'invalid-credential'
  | 'no-licence'
  | 'no-permission'
  | 'revoked'
  /** The credential is good, but not for this endpoint. */
  | 'scope-mismatch'
  /** The credential is honoured at another URL. */
  | 'wrong-base'
  /** The check against cross-site requests. */
  | 'xsrf'
  | 'unknown';

/** What an endpoint wants. A token needs all scopes of one of the lists. */
export interface EndpointScopes {
  /** Empty where only granular scopes will do, as in v2. */
  readonly classic: readonly string[];
  readonly granular: readonly string[];
}

export interface AuthFailure {
  readonly cause: AuthFailureCause;
  /** What else it may be, where the answer doesn't tell them apart; the likelier first. */
  readonly alsoPossible: readonly AuthFailureCause[];
  readonly status: number;
  /** What happened, in one sentence. Our own words, no text of the server. */
  readonly reason: string;
  /** What to do about it. */
  readonly nextStep: string;
  /** With `scope-mismatch`, where they are known. */
  readonly scopes?: EndpointScopes;
  /** With `endpoint-gone`: method and template of the call that takes its place, where there is one. */
  readonly successor?: string;
}

/**
 * What is known of the call besides its response. An answer of a Tributary chain knows all but
 * `token` by itself.
 */
export interface AuthFailureContext
  extends Partial<
    Pick<CallFacts, 'method' | 'template' | 'provider' | 'site' | 'base' | 'sentWith'>
  > {
  /** Whether the API token was created with scopes, where you know. */
  readonly token?: 'classic' | 'scoped';
}
