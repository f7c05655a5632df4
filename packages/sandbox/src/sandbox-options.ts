import { readLimits, type SandboxLimits } from './limits/limit-options.js';
import { SEEDED_PAGES } from './seed/seed.js';

export interface SandboxOptions {
  /** Port of the Confluence site. Default 0: a free one. */
  readonly port?: number;
  /** Port of the gateway. Default 0: a free one. */
  readonly gatewayPort?: number;
  /** Port of the OAuth server. Default 0: a free one. */
  readonly authPort?: number;
  /** Port of the Data Center site. Default 0: a free one. */
  readonly dataCenterPort?: number;
  /** Port of the media service. Default 0: a free one. */
  readonly mediaPort?: number;
  /** Redirect URIs of the OAuth client, compared exactly. Default: `/callback` at a free port, on `localhost` and `127.0.0.1`. */
  readonly redirectUris?: readonly string[];
  /** Life of an access token in seconds. Default 3600. */
  readonly accessTokenTtl?: number;
  /**
   * For so many seconds a refresh token that was rotated gets an answer again, as long as its successor
   * is unused. Later, its use ends the whole family. 0: its second use always does. Default 600, as at Atlassian.
   */
  readonly refreshReuseInterval?: number;
  /**
   * Epoch milliseconds, for tests. Dates of the seeded site count from here, and OAuth tokens end
   * when it passes their expiry; limits run by it. It may run ahead of the machine's clock, not behind. Default `Date.now`.
   */
  readonly now?: () => number;
  /** Pages of the site, at least the 200 that it begins with. Default 200. */
  readonly pages?: number;
  /** Rate limits as Atlassian's. Default none. */
  readonly limits?: SandboxLimits;
}

export const MOST_PAGES = 100_000;

/**
 * The options, those with a default filled in.
 * @throws RangeError or TypeError naming the option that can't be
 */
export function readOptions(options: SandboxOptions) {
  const { now = Date.now, accessTokenTtl = 3_600, refreshReuseInterval = 600 } = options;
  const { pages = SEEDED_PAGES } = options;
  if (!Number.isInteger(accessTokenTtl) || accessTokenTtl < 1) {
    throw new RangeError(
      `accessTokenTtl must be a positive number of seconds, not ${accessTokenTtl}`,
    );
  }
  if (!(refreshReuseInterval >= 0)) {
    throw new RangeError(
      `refreshReuseInterval must be a number of seconds, not ${refreshReuseInterval}`,
    );
  }
  if (!Number.isInteger(pages) || pages < SEEDED_PAGES || pages > MOST_PAGES) {
    throw new RangeError(
      `pages must be a whole number from ${SEEDED_PAGES} to ${MOST_PAGES}, not ${pages}`,
    );
  }
  const limits = readLimits(options.limits);
  return { now, accessTokenTtl, refreshReuseInterval, pages, limits };
}
