import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

interface Stored {
  readonly payload: AdapterPayload;
  readonly expiresAt: number;
}

/**
 * What the OAuth server remembers, in memory. Its own, because the library's sample prints a
 * warning, forgets after a thousand entries, and lets two refreshes at once spend one token.
 */
export class TokenStore {
  readonly #models = new Map<string, Map<string, Stored>>();
  readonly #now: () => number;
  readonly #reuseMs: number;

  /** `reuseInterval`: for so many seconds a rotated refresh token gets an answer again. */
  constructor(now: () => number, reuseInterval = 0) {
    this.#now = now;
    this.#reuseMs = reuseInterval * 1000;
  }

  /** Every access token becomes unknown; refresh tokens stay good. */
  expireAccessTokens(): void {
    this.#of('AccessToken').clear();
    this.#of('ClientCredentials').clear();
  }

  /** Everything anybody has agreed to is forgotten. */
  revokeGrants(): void {
    for (const name of ['AccessToken', 'RefreshToken', 'AuthorizationCode', 'Grant']) {
      this.#of(name).clear();
    }
  }

  /** For the library: one adapter a model. `spentTwice` makes the error of a raced token. */
  adapterFactory(spentTwice: () => Error): AdapterFactory {
    return (name) => this.#adapter(name, spentTwice);
  }

  #adapter(name: string, spentTwice: () => Error): Adapter {
    const model = this.#of(name);
    const alive = (stored: Stored | undefined): AdapterPayload | undefined =>
      stored && stored.expiresAt > this.#now() ? stored.payload : undefined;
    return {
      upsert: async (id, payload, expiresIn) => {
        const life = expiresIn === undefined ? Number.POSITIVE_INFINITY : expiresIn * 1000;
        model.set(id, { payload, expiresAt: this.#now() + life });
      },
      find: async (id) => {
        const payload = alive(model.get(id));
        const isForgiven = payload !== undefined && this.#isReusable(payload);
        return isForgiven ? { ...payload, consumed: undefined } : payload;
      },
      findByUid: async (uid) =>
        alive([...model.values()].find(({ payload }) => payload.uid === uid)),
      findByUserCode: async () => undefined,
      consume: async (id) => {
        const payload = model.get(id)?.payload;
        if (payload === undefined || this.#isReusable(payload)) return;
        // Two requests at once may both have read the token as unspent; the second loses here.
        if (payload.consumed !== undefined) {
          this.#revoke(payload.grantId);
          throw spentTwice();
        }
        payload.consumed = Math.floor(this.#now() / 1000);
      },
      destroy: async (id) => {
        model.delete(id);
      },
      revokeByGrantId: async (grantId) => {
        for (const [id, { payload }] of model) if (payload.grantId === grantId) model.delete(id);
      },
    };
  }

  /** Only the latest one that was rotated: its successor has not been used yet. */
  #isReusable({ consumed, grantId, kind, rotations = 0 }: AdapterPayload): boolean {
    if (kind !== 'RefreshToken' || typeof consumed !== 'number') return false;
    if (this.#now() - consumed * 1000 > this.#reuseMs || this.#reuseMs === 0) return false;
    return ![...this.#of('RefreshToken').values()].some(
      ({ payload }) =>
        payload.grantId === grantId &&
        payload.consumed !== undefined &&
        (payload.rotations ?? 0) > rotations,
    );
  }

  #revoke(grantId: string | undefined): void {
    if (grantId === undefined) return;
    this.#of('Grant').delete(grantId);
    for (const name of ['AccessToken', 'RefreshToken', 'AuthorizationCode']) {
      const model = this.#of(name);
      for (const [id, { payload }] of model) if (payload.grantId === grantId) model.delete(id);
    }
  }

  #of(name: string): Map<string, Stored> {
    const model = this.#models.get(name) ?? new Map<string, Stored>();
    this.#models.set(name, model);
    return model;
  }
}
