/** Both on the authorization server's clock, epoch ms. */
interface TokenTimes {
  readonly obtainedAt: number;
  readonly expiresAt: number;
}

/** A token that ends on the way is refused, and a stream's body can't be sent twice. */
const MARGIN_MS = 10_000;

/** From so long before its end, a token is renewed while it still serves. */
const AHEAD_MS = 120_000;

/** A token that is refused so soon after it was obtained was not refused for its age. */
const FRESH_MS = 30_000;

const endsWithin = (token: TokenTimes, now: number, ms: number, ofLife: number): boolean => {
  const life = token.expiresAt - token.obtainedAt;
  return token.expiresAt - Math.min(ms, life * ofLife) <= now;
};

/** Whether it must not be sent any more. */
export const isDue = (token: TokenTimes, now: number): boolean =>
  endsWithin(token, now, MARGIN_MS, 0.1);

/** Whether it is time to renew it, while it still serves. */
export const isEnding = (token: TokenTimes, now: number): boolean =>
  endsWithin(token, now, AHEAD_MS, 0.2);

/**
 * Whether it is too new for another one to help than that which was `refused`. The own clock may be behind
 * by just its age, so that the Date of the refusal has to agree, where it has one.
 */
export const isFresh = (token: TokenTimes, now: number, refused: Response): boolean => {
  const isNew = (at: number) => !isDue(token, at) && Math.abs(at - token.obtainedAt) < FRESH_MS;
  const said = Date.parse(refused.headers.get('date') ?? '');
  return isNew(now) && (Number.isNaN(said) || isNew(said));
};
