import type { ProviderServices } from '@tributary/pipeline';
import { encodeParts } from '../grants/grant-key.js';
import type { OAuthToken } from './oauth-token.js';
import { askOfflineToken, type OfflineRequest } from './offline-mutation.js';

/** The tokens for users who are not there, by (installation, account). */
export interface OfflineTokens {
  get(request: OfflineRequest): Promise<OAuthToken>;
  /** A token that is not the refused one; 'unchanged' where it was given moments ago and would be again. */
  renew(
    request: OfflineRequest,
    isRefused: (token: OAuthToken) => boolean,
  ): Promise<OAuthToken | 'unchanged'>;
}

interface Kept {
  readonly token: OAuthToken;
  readonly obtainedAt: number;
  readonly endsAt: number;
}

/** A token that ends on the way is refused. */
const MARGIN_MS = 30_000;
/** A refusal so soon has another reason than the token's age. */
const SETTLING_MS = 30_000;
const MOST_TOKENS = 10_000;

/** Cached by ttl, one request at a time for each (installation, account); failures are not cached. */
export const offlineTokens = (
  url: string,
  services: Pick<ProviderServices, 'fetch' | 'clock'>,
): OfflineTokens => {
  const { clock } = services;
  const known = new Map<string, Kept>();
  const asking = new Map<string, Promise<OAuthToken>>();

  const keyOf = ({ session, accountId }: OfflineRequest): string =>
    encodeParts({ installationId: session.remote.installationId, accountId });

  const ask = (key: string, request: OfflineRequest): Promise<OAuthToken> => {
    const under = asking.get(key);
    if (under !== undefined) return under;
    const work = askOfflineToken(url, request, services)
      .then(({ token, ttlMs }) => {
        const now = clock.monotonic();
        const margin = Math.min(MARGIN_MS, ttlMs / 10);
        if (known.size >= MOST_TOKENS) known.clear();
        known.set(key, { token, obtainedAt: now, endsAt: now + ttlMs - margin });
        return token;
      })
      .finally(() => asking.delete(key));
    asking.set(key, work);
    return work;
  };

  return {
    async get(request) {
      const key = keyOf(request);
      const kept = known.get(key);
      if (kept !== undefined && kept.endsAt > clock.monotonic()) return kept.token;
      return ask(key, request);
    },
    async renew(request, isRefused) {
      const key = keyOf(request);
      const kept = known.get(key);
      if (kept !== undefined) {
        if (!isRefused(kept.token)) return kept.token;
        if (clock.monotonic() - kept.obtainedAt < SETTLING_MS) return 'unchanged';
        known.delete(key);
      }
      return ask(key, request);
    },
  };
};
