import { AuthorizationServerError, type ProviderServices } from '@tributary/pipeline';
import { oauthLibrary } from './oauth-library.js';

/** Whether the server promises to name itself as `iss` in every callback (RFC 9207, section 3). */
export type PromisesIssuer = () => Promise<boolean>;

/** A server may begin to promise it. */
const KEPT_MS = 3_600_000;

/** Atlassian publishes the first; RFC 8414, section 3 names the second. */
const PLACES = ['oidc', 'oauth2'] as const;

/**
 * Asks the server's metadata, once for all who wait and again after an hour. A server without metadata
 * promises nothing, and neither does metadata of another issuer (RFC 8414, section 3.3).
 * @throws AuthorizationServerError, retryable, when the server can't be asked.
 */
export const issuerPromise = (
  issuer: string,
  { fetch, clock }: Pick<ProviderServices, 'fetch' | 'clock'>,
): PromisesIssuer => {
  let answer: Promise<boolean> | undefined;
  let until = 0;

  const ask = async (place: (typeof PLACES)[number]): Promise<boolean | undefined> => {
    const library = await oauthLibrary();
    const at = new URL(issuer);
    const response = await library.discoveryRequest(at, {
      algorithm: place,
      [library.customFetch]: (url, { headers }) => fetch(url, { headers }),
      // http is taken for loopback only, where options are checked: for the sandbox.
      [library.allowInsecureRequests]: at.protocol === 'http:',
    });
    const { status } = response;
    if (status !== 200) await response.body?.cancel();
    if (status >= 500 || status === 429) throw unreachable(status);
    if (status !== 200) return undefined;
    const metadata = await library.processDiscoveryResponse(at, response).catch(() => undefined);
    return metadata?.authorization_response_iss_parameter_supported === true;
  };

  const askEach = async (): Promise<boolean> => {
    for (const place of PLACES) {
      const promised = await ask(place);
      if (promised !== undefined) return promised;
    }
    return false;
  };

  return () => {
    if (answer === undefined || clock.monotonic() > until) {
      until = clock.monotonic() + KEPT_MS;
      answer = askEach().catch((error: unknown) => {
        answer = undefined;
        throw error instanceof AuthorizationServerError ? error : unreachable('no answer', error);
      });
    }
    return answer;
  };
};

const unreachable = (what: number | string, cause?: unknown): AuthorizationServerError =>
  new AuthorizationServerError(
    `The authorization server's metadata, which says how a callback is to be checked, could not be read (${what}); start again.`,
    { retryable: true, ...(cause !== undefined && { cause }) },
  );
