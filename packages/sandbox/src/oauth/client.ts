/** The OAuth app registered at the sandbox; its secret is a fake of the sandbox's own. */
export interface OAuthClient {
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: string[];
}

export const defaultRedirectUris: readonly string[] = [
  'http://localhost:53682/callback',
  'http://127.0.0.1:53682/callback',
];

export const seededClient = (redirectUris: readonly string[]): OAuthClient => ({
  name: 'Stale page report',
  clientId: 'sandbox-client',
  clientSecret: 'sandbox-client-secret',
  redirectUris: [...redirectUris],
});
