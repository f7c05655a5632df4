import type { Clock } from '@tributary/pipeline';

/** The authorization server's time, as far as it has told. */
export interface ServerClock {
  /** Epoch ms, on the server's clock; until it has told, on ours. */
  now(): number;
  /** A time on the server's clock as ours shows it. */
  local(time: number): number;
  /** What the answer to a request that went out at `askedAt`, on our clock, says in its Date header. */
  learn(date: string | null, askedAt: number): void;
}

/** Less is no skew: the header has whole seconds, and the answer took some time. */
const TOLERANCE_MS = 5_000;

/**
 * Grants are shared by machines whose clocks differ, so that all times in them are the server's (the
 * Date header, RFC 9110, section 6.6.1).
 */
export const serverClock = (clock: Clock): ServerClock => {
  let ahead = 0;
  return {
    now: () => clock.now() + ahead,
    local: (time) => time - ahead,
    learn(date, askedAt) {
      const said = date === null ? Number.NaN : Date.parse(date);
      if (Number.isNaN(said)) return;
      const half = (clock.now() - askedAt) / 2;
      const difference = said + 500 - (askedAt + half);
      ahead = Math.abs(difference) <= TOLERANCE_MS + Math.abs(half) ? 0 : Math.round(difference);
    },
  };
};
