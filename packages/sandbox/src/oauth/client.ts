/** The OAuth app registered at the sandbox; its secret is a fake of the sandbox's own. */
export interface OAuthClient {
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: string[];
}

/** A service account's credential at an OAuth server. */
export interface ServiceClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

export const serviceClients: Readonly<Record<'cloud' | 'dataCenter', ServiceClient>> = {
  cloud: { clientId: 'sandbox-service', clientSecret: 'canary-sandbox-service-secret' },
  dataCenter: { clientId: 'sandbox-dc-service', clientSecret: 'canary-sandbox-dc-service-secret' },
};

/** Whether the server can send somebody there. */
export const isRedirectUri = (uri: string): boolean =>
  /^https?:$/.test(URL.parse(uri)?.protocol ?? '') && !uri.includes('#');

/** The client with these redirect URIs; refused here, since the library would tell only at log-in. */
export function seededClient(redirectUris: readonly string[]): OAuthClient {
  if (redirectUris.length === 0) throw new TypeError('redirectUris must name at least one URL');
  const bad = redirectUris.find((uri) => !isRedirectUri(uri));
  if (bad !== undefined) {
    throw new TypeError(`redirectUris must be http(s) URLs without a fragment, not '${bad}'`);
  }
  return {
    name: 'Stale page report',
    clientId: 'sandbox-client',
    clientSecret: 'canary-sandbox-client-secret',
    redirectUris: [...redirectUris],
  };
}

/** The same app, as the Data Center site knows it by its incoming link. */
export const dataCenterClient = ({ name, redirectUris }: OAuthClient): OAuthClient => ({
  name,
  clientId: 'sandbox-dc-client',
  clientSecret: 'canary-sandbox-dc-client-secret',
  redirectUris,
});
