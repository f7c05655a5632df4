import type { AuthFailureCause } from './auth-failure.js';

/** What has to be so; what is left out doesn't matter. */
export interface FailureSigns {
  readonly status: readonly number[];
  /** Where the call went. */
  readonly at?: readonly Place[];
  /** The kind of the provider that answered for the principal. */
  readonly provider?: RegExp;
  readonly token?: 'classic' | 'scoped';
  readonly sentWith?: 'none' | 'expired' | 'valid';
  /** A header that is there, and its value. */
  readonly header?: readonly [name: string, value: RegExp];
  /** In the body, or in the gateway's x-failure-category. */
  readonly says?: RegExp;
  /** Whether a v2 successor is known. */
  readonly hasSuccessor?: boolean;
}

export type Place = 'site' | 'gateway' | 'data-center';

/** One row: the first whose signs are all there is the answer. */
export interface FailureRule {
  readonly name: string;
  readonly signs: FailureSigns;
  readonly cause: AuthFailureCause;
  readonly alsoPossible?: readonly AuthFailureCause[];
  readonly reason: string;
  /** `{scopes}` and `{successor}` stand for what the tables know of the call. */
  readonly nextStep: string;
}

const SCOPE = /FAILURE[_ ]CLIENT[_ ]SCOPE[_ ]CHECK|scope does not match/i;
const SCOPE_REASON = 'The credential is good, but its scopes do not cover this endpoint.';
const SERAPH = 'x-seraph-loginreason';
const OAUTH = /^(?:oauth|client-credentials|offline-user|forge-remote-\w+|bearer)$/;
const GATEWAY_ONLY = 'is honoured at the gateway (https://api.atlassian.com/ex/confluence/…) only';

/**
 * Sources: Atlassian's "OAuth 2.0 (3LO) apps", "Manage API tokens for your Atlassian account", "The
 * Confluence Cloud REST API", "Using Personal Access Tokens", "Configuring Captcha for Failed Logins";
 * JRACLOUD-93811 and CONFSERVER-98199 (a refused credential served as nobody's), CONFSERVER-98582
 * (401 for a lack of permission), ECO-1450 (no licence).
 */
export const FAILURE_RULES: readonly FailureRule[] = [
  {
    name: 'gone, with a successor',
    signs: { status: [410], hasSuccessor: true },
    cause: 'endpoint-gone',
    reason: 'This v1 endpoint was removed.',
    nextStep: 'Use its v2 successor: {successor}.',
  },
  {
    name: 'gone at the gateway',
    signs: { status: [410], at: ['gateway'] },
    cause: 'endpoint-gone',
    reason: 'This endpoint was removed for OAuth and scoped tokens.',
    nextStep:
      'No v2 successor is known: look for one in the REST API v2 reference, or use a classic API token, which reaches some v1 endpoints at the site URL.',
  },
  {
    name: 'gone',
    signs: { status: [410] },
    cause: 'endpoint-gone',
    reason: 'This endpoint was removed.',
    nextStep: 'Look for its successor in the REST API v2 reference.',
  },
  {
    name: 'XSRF',
    signs: { status: [403, 404], says: /XSRF check failed/i },
    cause: 'xsrf',
    reason: 'Confluence took the call for a cross-site request.',
    nextStep:
      'Send the header X-Atlassian-Token: no-check, and no User-Agent that begins with Mozilla.',
  },
  {
    name: 'CAPTCHA',
    signs: { status: [401, 403], header: [SERAPH, /AUTHENTICATION_DENIED/i] },
    cause: 'captcha',
    reason:
      'Failed log-ins asked for a CAPTCHA, and until it is solved no credential is looked at.',
    nextStep:
      'Log in once in a browser as that account, or have an administrator reset its failed log-ins; then find who sends the wrong password.',
  },
  {
    name: 'scope, OAuth',
    signs: { status: [401, 403], provider: /^oauth$/, says: SCOPE },
    cause: 'scope-mismatch',
    reason: SCOPE_REASON,
    nextStep:
      '{scopes} Enable what is missing in the developer console, add it to the scopes of oauth(), and have the user consent again.',
  },
  {
    name: 'scope, API token',
    signs: { status: [401, 403], provider: /^api-token$/, says: SCOPE },
    cause: 'scope-mismatch',
    reason: SCOPE_REASON,
    nextStep:
      '{scopes} A token keeps the scopes it was created with: create another one with these.',
  },
  {
    name: 'scope, Forge',
    signs: { status: [401, 403], provider: /^(?:forge|offline-user)/, says: SCOPE },
    cause: 'scope-mismatch',
    reason: SCOPE_REASON,
    nextStep: '{scopes} Add what is missing to the manifest, deploy, and upgrade the installation.',
  },
  {
    name: 'scope',
    signs: { status: [401, 403], says: SCOPE },
    cause: 'scope-mismatch',
    reason: SCOPE_REASON,
    nextStep: '{scopes} Use a credential that was created with these.',
  },
  {
    name: 'nothing sent',
    signs: { status: [401, 403, 404], sentWith: 'none' },
    cause: 'anonymous',
    alsoPossible: ['hidden'],
    reason: 'The call was sent without a credential.',
    nextStep:
      'Call through asApp() or asUser(), or give a bare call an Authorization header of its own.',
  },
  {
    name: 'expired',
    signs: { status: [401], sentWith: 'expired' },
    cause: 'expired',
    reason: 'The credential had expired when it was sent.',
    nextStep: 'Get a fresh one; as a user, have them grant again.',
  },
  {
    name: 'revoked',
    signs: {
      status: [401, 403],
      says: /\brevoked\b|refresh_token is invalid|invalid refresh token/i,
    },
    cause: 'revoked',
    alsoPossible: ['expired'],
    reason: 'The token was revoked, or has ended.',
    nextStep:
      'Have the user grant again, or create another token. A changed password ends all grants of that user.',
  },
  {
    name: 'OAuth token at a site URL',
    signs: { status: [401], at: ['site'], provider: OAUTH },
    cause: 'wrong-base',
    reason: `The call went to the site URL, and a Bearer token ${GATEWAY_ONLY}.`,
    nextStep: "Leave out base: 'site', so that calls go to the gateway.",
  },
  {
    name: 'scoped token at a site URL',
    signs: { status: [401], at: ['site'], token: 'scoped' },
    cause: 'wrong-base',
    reason: `The call went to the site URL, and an API token with scopes ${GATEWAY_ONLY}.`,
    nextStep: 'Say apiToken({ …, scoped: true }).',
  },
  {
    name: 'classic token at the gateway',
    signs: { status: [401], at: ['gateway'], token: 'classic' },
    cause: 'wrong-base',
    reason:
      'The call went to the gateway, and an API token without scopes is honoured at the site URL only.',
    nextStep: 'Leave out scoped: true, so that calls go to the site URL.',
  },
  {
    name: 'API token at a site URL',
    signs: { status: [401], at: ['site'], provider: /^api-token$/ },
    cause: 'invalid-credential',
    alsoPossible: ['wrong-base', 'expired', 'revoked', 'captcha'],
    reason: 'The site refused the email and token.',
    nextStep:
      'Check the email, and at id.atlassian.com, Security, API tokens that the token is there and has not expired. If it was created with scopes, say scoped: true: the site URL refuses those.',
  },
  {
    name: 'API token at the gateway',
    signs: { status: [401], at: ['gateway'], provider: /^api-token$/ },
    cause: 'invalid-credential',
    alsoPossible: ['wrong-base', 'expired', 'revoked'],
    reason: 'The gateway refused the email and token.',
    nextStep:
      'Check the email, and at id.atlassian.com, Security, API tokens that the token is there and has not expired. If it was created without scopes, leave out scoped: true: the gateway refuses those.',
  },
  {
    name: 'OAuth grant at the gateway',
    signs: { status: [401], at: ['gateway'], provider: /^oauth$/ },
    cause: 'revoked',
    alsoPossible: ['expired'],
    reason: 'The gateway refused a token that had not expired yet.',
    nextStep:
      'Have the user grant again: the grant was revoked, or ended with a change of their password.',
  },
  {
    name: 'other token at the gateway',
    signs: { status: [401], at: ['gateway'] },
    cause: 'invalid-credential',
    alsoPossible: ['expired', 'revoked', 'wrong-base'],
    reason: 'The gateway refused the token.',
    nextStep:
      'Check that it is whole, has not expired, and is one for the gateway: an OAuth token, or an API token with scopes.',
  },
  {
    name: 'no licence',
    signs: { status: [403], says: /not permitted to use Confluence/i },
    cause: 'no-licence',
    reason: 'The account has no access to Confluence on this site.',
    nextStep:
      'Have an administrator give the account access to Confluence (Atlassian Administration, Users; on Data Center the "Can Use" permission).',
  },
  {
    name: 'served as nobody',
    signs: { status: [401, 403, 404], header: ['x-ausername', /^anonymous$/i] },
    cause: 'anonymous',
    alsoPossible: ['invalid-credential', 'expired'],
    reason: 'Confluence ignored the credential and took the call for an anonymous one.',
    nextStep: 'Check that it is valid and has not expired; verify() tells whose it is.',
  },
  {
    name: 'failed log-in on Data Center',
    signs: { status: [401, 403], at: ['data-center'], header: [SERAPH, /AUTHENTICATED_FAILED/i] },
    cause: 'invalid-credential',
    alsoPossible: ['expired', 'captcha'],
    reason: 'Confluence refused the credential.',
    nextStep:
      'Check in Confluence, Profile, Settings, that the token is there (Personal Access Tokens, or Authorized applications) and has not expired. After several failed log-ins a CAPTCHA is asked for: log in once in a browser.',
  },
  {
    name: 'permission as a 401 on Data Center',
    signs: {
      status: [401],
      at: ['data-center'],
      sentWith: 'valid',
      says: /Client must be authenticated/i,
    },
    cause: 'no-permission',
    alsoPossible: ['invalid-credential', 'expired'],
    reason: 'Data Center answers so for a lack of permission too.',
    nextStep:
      'Ask verify() whether the credential is valid; if so, give the account the permission that this endpoint wants.',
  },
  {
    name: 'refused on Data Center',
    signs: { status: [401], at: ['data-center'] },
    cause: 'invalid-credential',
    alsoPossible: ['expired', 'revoked', 'captcha'],
    reason: 'Confluence refused the credential.',
    nextStep:
      'Check that the token exists and has not expired, and that the site URL has its context path.',
  },
  {
    name: 'failed log-in',
    signs: { status: [401, 403], header: [SERAPH, /AUTHENTICATED_FAILED/i] },
    cause: 'invalid-credential',
    alsoPossible: ['wrong-base', 'expired', 'captcha'],
    reason: 'The site refused the credential.',
    nextStep: 'Check that it is valid, has not expired, and is honoured at this base URL.',
  },
  {
    name: 'refused',
    signs: { status: [401] },
    cause: 'invalid-credential',
    alsoPossible: ['wrong-base', 'expired', 'revoked'],
    reason: 'The credential was refused.',
    nextStep: 'Check that it is valid, has not expired, and is honoured at this base URL.',
  },
  {
    name: 'a web page instead of an answer',
    signs: {
      status: [403],
      at: ['site', 'gateway'],
      header: ['content-type', /^text\/html/i],
    },
    cause: 'blocked',
    alsoPossible: ['no-permission', 'no-licence'],
    reason: 'The 403 is a web page, as firewalls and proxies before Confluence send.',
    nextStep:
      'Send a User-Agent that names your app, and check IP allow-lists and proxies; else check the permissions of the account.',
  },
  {
    name: 'forbidden',
    signs: { status: [403] },
    cause: 'no-permission',
    alsoPossible: ['no-licence'],
    reason: 'The principal is known, but may not do this.',
    nextStep: 'Give the account the permission, or a licence for Confluence.',
  },
  {
    name: 'not found',
    signs: { status: [404] },
    cause: 'hidden',
    alsoPossible: ['no-permission'],
    reason: 'It does not exist, or the principal may not see it: Confluence answers 404 for both.',
    nextStep: 'Check the id, and whether the account sees it in a browser.',
  },
];
