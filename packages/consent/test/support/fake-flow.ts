import {
  type AuthorizationFlow,
  type ConsentRequest,
  type PendingAuthorization,
  Secret,
} from '@tributary/pipeline';

export interface FakeFlow extends AuthorizationFlow {
  readonly started: PendingAuthorization[];
  /** The parameters of each exchange, oldest first. */
  readonly exchanged: URLSearchParams[];
}

export interface FakeFlowOptions {
  readonly redirectUri?: string;
  readonly allowsAnyLoopbackPort?: boolean;
  readonly scopes?: readonly string[];
  readonly authorizeUrl?: string;
  readonly complete?: (callback: URLSearchParams, signal?: AbortSignal) => Promise<void>;
}

/** An authorization server of which nothing exists but its answers. */
export const fakeFlow = (options: FakeFlowOptions = {}): FakeFlow => {
  const {
    redirectUri: registered = 'http://localhost:53682/callback',
    allowsAnyLoopbackPort = false,
    scopes = ['read:page:confluence', 'offline_access'],
    authorizeUrl = 'https://auth.example/authorize',
  } = options;
  const started: PendingAuthorization[] = [];
  const exchanged: URLSearchParams[] = [];
  return {
    started,
    exchanged,
    redirectUri: registered,
    allowsAnyLoopbackPort,
    scopes,
    async start({ redirectUri = registered } = {}) {
      const state = crypto.randomUUID();
      const query = new URLSearchParams({ state, redirect_uri: redirectUri });
      const pending = {
        issuer: 'https://auth.example/',
        clientId: 'client',
        url: `${authorizeUrl}?${query}`,
        state,
        codeVerifier: new Secret('verifier'),
        redirectUri,
        scopes,
      };
      started.push(pending);
      return pending;
    },
    async complete(_, callback, { signal } = {}) {
      exchanged.push(callback);
      await options.complete?.(callback, signal);
      return { accountId: 'account-1' };
    },
  };
};

export const requestFor = (flow: AuthorizationFlow): ConsentRequest => ({
  site: { deployment: 'cloud', url: 'https://example.atlassian.net/' },
  scopes: flow.scopes,
  flow,
});
