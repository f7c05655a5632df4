import { fromEnv, ResponseError, type Tributary } from '@tributary/api';
import { runWithConsent } from '@tributary/consent';
import { terminalPrompt } from '@tributary/consent/terminal';
import { readAudit } from '../app/audit.js';
import { type ReviewedPage, reviewPages } from '../app/review.js';
import { findStalePages, firstOfEachSpace, type StalePage } from '../app/stale-pages.js';
import { wire } from '../wiring/wire.js';
import { printPages, printReview, SCOPES, SHOWN_PER_SPACE, type Story } from './story.js';

const APP_VARIABLES = 'Set TRIBUTARY_EMAIL and TRIBUTARY_TOKEN (Data Center: the token alone).';
const USER_VARIABLES =
  'Set TRIBUTARY_CLIENT_ID, TRIBUTARY_CLIENT_SECRET and TRIBUTARY_REDIRECT_URI of an OAuth 2.0 app.';

const review = (
  { account, signal }: Story,
  tributary: Tributary,
  pages: readonly StalePage[],
): Promise<readonly ReviewedPage[]> =>
  runWithConsent(
    ({ run }) => {
      if (run > 1) account.say(`  … granted; the handler runs again from the start (run ${run})`);
      return reviewPages(tributary, pages);
    },
    { prompt: terminalPrompt(), user: { id: 'terminal' }, signal },
  );

const audit = async ({ account, environment }: Story, tributary: Tributary): Promise<void> => {
  const { TRIBUTARY_EMAIL: email, TRIBUTARY_TOKEN: token } = environment;
  if (email === undefined || token === undefined) {
    account.skip('the audit log.', 'Set TRIBUTARY_EMAIL and TRIBUTARY_TOKEN of an administrator.');
    return;
  }
  try {
    const records = await readAudit(tributary.api, { email, token });
    account.table(
      ['When', 'Who', 'What'],
      records.map(({ when, author, summary }) => [when, author, summary]),
    );
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    account.skip(
      `the audit log (${error.status}).`,
      'It needs the classic API token of a site administrator, on a plan with an audit log.',
    );
  }
};

/** The same story against a site that exists: nothing is written, and what can't be done is named. */
export const runOnRealSite = async (story: Story): Promise<void> => {
  const { account, environment, options } = story;
  const config = fromEnv(environment, { scopes: SCOPES });
  await using tributary = wire(config, account);

  account.say(`Site: ${config.site.url} (read-only: nothing is written)`);
  if (options.explain) account.say(`\n${tributary.pipeline.explain()}`);

  account.title('As the app: which pages are stale?');
  if (config.app === undefined) {
    account.skip('the report, and with it the review.', APP_VARIABLES);
  } else {
    const { stale } = await findStalePages(tributary.api, options.staleDays);
    account.say(`${stale.length} pages were not changed for ${options.staleDays} days or more.`);
    const stalest = firstOfEachSpace(stale, SHOWN_PER_SPACE);
    printPages(account, stalest);

    account.title('As the user: which of them may I update?');
    if (config.user === undefined) {
      account.skip('the review.', USER_VARIABLES);
    } else {
      const reviewed = await review(story, tributary, stalest);
      printReview(account, reviewed);
      const first = reviewed.find((page) => page.mayUpdate);
      account.say(
        first === undefined
          ? 'None of them may be updated, so none would be marked.'
          : `It would label and comment “${first.title}”; on a real site it does not.`,
      );
    }
  }

  account.title('Unauthenticated, with a header of its own: the audit log');
  await audit(story, tributary);
};
