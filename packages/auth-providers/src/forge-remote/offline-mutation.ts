import {
  type ProviderServices,
  REDACTED,
  revealSecret,
  Secret,
  TributaryError,
} from '@tributary/pipeline';
import { readJsonObject } from '../service-json.js';
import type { OAuthToken } from './oauth-token.js';
import { OfflineUserError } from './offline-user-error.js';
import { readRecord, readText } from './read-record.js';
import type { RemoteSession } from './remote-session.js';

/** For whom a token is asked, and where the app may act for them. */
export interface OfflineRequest {
  readonly session: RemoteSession;
  readonly accountId: string;
  readonly contextIds: readonly string[];
  readonly template: string;
}

/** Forge: "Remote", Offline user impersonation. */
const MUTATION = `mutation forge_remote_offlineUserAuthToken($input: OfflineUserAuthTokenInput!) {
  offlineUserAuthToken(input: $input) { success errors { message } authToken { token ttl } }
}`;

const LONGEST_TEXT = 300;

/** @throws OfflineUserError */
export const askOfflineToken = async (
  url: string,
  request: OfflineRequest,
  { fetch, clock }: Pick<ProviderServices, 'fetch' | 'clock'>,
): Promise<{ readonly token: OAuthToken; readonly ttlMs: number }> => {
  const { session, accountId, contextIds, template } = request;
  const fail = (message: string, options: ConstructorParameters<typeof OfflineUserError>[1] = {}) =>
    new OfflineUserError(message, { template, ...options });
  if (session.system === undefined) {
    throw fail(
      'Acting for a user who is not there takes the system token, and Forge sent no x-forge-oauth-system; set endpoint.auth.appSystemToken.enabled in manifest.yml.',
    );
  }
  const authorization = revealSecret(session.system.authorization);
  const response = await fetch(url, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', authorization },
    body: JSON.stringify({
      query: MUTATION,
      variables: { input: { contextIds, userId: accountId } },
    }),
  }).catch((cause: unknown) => {
    const retryable = cause instanceof TributaryError ? cause.retryable : true;
    throw fail('The GraphQL gateway can not be reached.', { retryable, cause });
  });
  const { status } = response;
  const answer = await readJsonObject(response).catch((cause: unknown) => {
    throw fail('The answer of the GraphQL gateway broke off.', { status, retryable: true, cause });
  });
  const { success, errors, authToken } = readRecord(readRecord(answer.data).offlineUserAuthToken);
  const { token, ttl } = readRecord(authToken);
  const text = readText(token);
  if (status === 200 && success === true && text !== undefined && isTime(ttl)) {
    if (!/^[\x21-\x7e]+$/.test(text)) throw fail('The token given is no token.', { status });
    const ttlMs = ttl * 1000;
    const expiresAt = clock.now() + ttlMs;
    return { token: { authorization: new Secret(`Bearer ${text}`), expiresAt }, ttlMs };
  }
  // Cut afterwards: half a token would not be recognised.
  const said = messagesOf(errors, answer.errors)
    .replaceAll(authorization.slice('Bearer '.length), REDACTED)
    .slice(0, LONGEST_TEXT);
  throw fail(
    `Atlassian gave no token for the user (status ${status}${said === '' ? '' : `: ${said}`}); impersonation has to be allowed in manifest.yml, and works for licensed people of this installation only.`,
    { status, retryable: status === 429 || status >= 500 },
  );
};

const isTime = (ttl: unknown): ttl is number =>
  typeof ttl === 'number' && Number.isFinite(ttl) && ttl > 0;

/** The mutation's own words, or GraphQL's (specification, section 7.1.2). */
const messagesOf = (...lists: readonly unknown[]): string =>
  lists
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .flatMap((error) => readText(readRecord(error).message) ?? [])
    .join('; ');
