import type { Account } from '../account/account.js';
import type { ReviewedPage } from '../app/review.js';
import type { StalePage } from '../app/stale-pages.js';
import type { Options } from '../settings/arguments.js';
import type { Environment } from '../settings/environment.js';

/** What both stories are told with. */
export interface Story {
  readonly account: Account;
  readonly environment: Environment;
  readonly options: Options;
  readonly signal: AbortSignal;
}

/** How many of each space's stalest pages are shown, and looked at as the user. */
export const SHOWN_PER_SPACE = 2;

/** What the user is asked for: who they are, what they may do, and to label and comment. */
export const SCOPES: readonly string[] = [
  'read:me',
  'read:confluence-user',
  'read:confluence-content.permission',
  'write:confluence-content',
  'write:comment:confluence',
];

export const printPages = (account: Account, pages: readonly StalePage[]): void =>
  account.table(
    ['Space', 'Page', 'Untouched for'],
    pages.map(({ space, title, days }) => [space, title, `${days} days`]),
  );

export const printReview = (account: Account, pages: readonly ReviewedPage[]): void =>
  account.table(
    ['Space', 'Page', 'Untouched for', 'May update'],
    pages.map(({ space, title, days, mayUpdate }) => [
      space,
      title,
      `${days} days`,
      mayUpdate ? 'yes' : 'no',
    ]),
  );
