import type { Clock, Logger, ServiceFetch } from '@tributary/pipeline';
import type { CryptoKey, JWK_RSA_Public } from 'jose';
import { readJsonObject } from '../service-json.js';
import { InvocationKeysError } from './invocation-token-error.js';
import { joseLibrary } from './jose-library.js';

/** What the keys are fetched with. */
export interface KeySetServices {
  readonly fetch: ServiceFetch;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface KeySet {
  /**
   * The public key of that id; `undefined` where there is none, also after one look for new ones.
   * @throws InvocationKeysError
   */
  find(keyId: string, services: KeySetServices): Promise<CryptoKey | undefined>;
}

/** After that long it is looked for new keys, and the old ones go on where there are none to be had. */
const FRESH_MS = 600_000;
/** Whoever sends made-up key ids causes no more than one request in that time. */
const COOLDOWN_MS = 30_000;

type Keys = ReadonlyMap<string, CryptoKey>;

/** One set of RS256 keys from one URL, which never comes from a token: cached, single-flight. */
export const createKeySet = (url: string): KeySet => {
  let keys: Keys | undefined;
  let fetchedAt = 0;
  let triedAt = Number.NEGATIVE_INFINITY;
  let failure: InvocationKeysError | undefined;
  let loading: Promise<Keys> | undefined;

  const load = (services: KeySetServices): Promise<Keys> => {
    loading ??= fetchKeys(url, services)
      .then(
        (found) => {
          keys = found;
          fetchedAt = services.clock.monotonic();
          failure = undefined;
          return found;
        },
        (error: InvocationKeysError) => {
          failure = error;
          throw error;
        },
      )
      .finally(() => {
        loading = undefined;
        triedAt = services.clock.monotonic();
      });
    return loading;
  };

  /** Keys that are known, renewed where they are old and that is possible. */
  const current = async (services: KeySetServices): Promise<Keys> => {
    if (keys === undefined) return load(services);
    const now = services.clock.monotonic();
    if (now - fetchedAt < FRESH_MS || now - triedAt < COOLDOWN_MS) return keys;
    const known = keys;
    return load(services).catch((error: unknown) => {
      const reason = error instanceof Error ? error.name : typeof error;
      services.logger.warn('Invocation keys could not be renewed; the known ones go on.', {
        reason,
      });
      return known;
    });
  };

  return {
    async find(keyId, services) {
      const known = (await current(services)).get(keyId);
      if (known !== undefined) return known;
      if (loading === undefined && services.clock.monotonic() - triedAt < COOLDOWN_MS) {
        // It may be one of those that could not be had.
        if (failure !== undefined) throw failure;
        return undefined;
      }
      return (await load(services)).get(keyId);
    },
  };
};

const fetchKeys = async (url: string, { fetch }: KeySetServices): Promise<Keys> => {
  const response = await fetch(url, { headers: { accept: 'application/json' } }).catch(
    (cause: unknown) => {
      throw unavailable(url, 'can not be reached', cause);
    },
  );
  if (response.status !== 200) {
    await response.body?.cancel();
    throw unavailable(url, `answered ${response.status}`);
  }
  const { keys: listed } = await readJsonObject(response).catch((cause: unknown) => {
    throw unavailable(url, 'broke off', cause);
  });
  const keys = new Map<string, CryptoKey>();
  for (const jwk of Array.isArray(listed) ? listed : []) {
    const key = await importKey(jwk);
    if (key !== undefined && !keys.has(jwk.kid)) keys.set(jwk.kid, key);
  }
  if (keys.size === 0) throw unavailable(url, 'lists no RS256 key');
  return keys;
};

/** The public part of an RSA key for signatures (RFC 7517, section 4); `undefined` for any other. */
const importKey = async (jwk: unknown): Promise<CryptoKey | undefined> => {
  if (typeof jwk !== 'object' || jwk === null) return undefined;
  const { kid, kty, n, e, use = 'sig', alg = 'RS256' } = jwk as Record<string, unknown>;
  if (typeof kid !== 'string' || kid === '' || kty !== 'RSA') return undefined;
  if (use !== 'sig' || alg !== 'RS256') return undefined;
  const { importJWK } = await joseLibrary();
  try {
    const key = await importJWK({ kty, n, e } as JWK_RSA_Public, 'RS256');
    return key instanceof Uint8Array ? undefined : key;
  } catch {
    return undefined;
  }
};

const unavailable = (url: string, what: string, cause?: unknown): InvocationKeysError =>
  new InvocationKeysError(
    `The keys of invocation tokens are not available: ${new URL(url).origin} ${what}. Answer 503, and let the caller try again.`,
    { cause },
  );
