import { apiToken, cloud, oauth } from '@tributary/auth-providers';
import { runWithConsent } from '@tributary/consent';
import { terminalPrompt } from '@tributary/consent/terminal';
import { type Person, type Sandbox, startSandbox, walkConsent } from '@tributary/sandbox';
import { readAudit } from '../app/audit.js';
import { commentOn, labelAsStale, type ReviewedPage, reviewPages } from '../app/review.js';
import { findStalePages, firstOfEachSpace } from '../app/stale-pages.js';
import { type Credentials, wire } from '../wiring/wire.js';
import { printPages, printReview, SCOPES, SHOWN_PER_SPACE, type Story } from './story.js';

/** The sandbox's app credential and OAuth client. */
export const credentials = (
  sandbox: Sandbox,
  { redirectUri, scopes }: { readonly redirectUri: string; readonly scopes: readonly string[] },
): Credentials => ({
  site: cloud(sandbox.siteUrl, { gateway: sandbox.gatewayUrl }),
  app: apiToken({ email: sandbox.people.admin.email, token: sandbox.people.admin.apiToken }),
  user: oauth({
    clientId: sandbox.client.clientId,
    clientSecret: sandbox.client.clientSecret,
    redirectUri,
    scopes,
    authorizationServer: sandbox.authUrl,
  }),
});

const promptFor = (story: Story, person: Person) => {
  if (story.options.interactive) return terminalPrompt();
  const walk = walkConsent({ as: person });
  return terminalPrompt({
    output: { write: () => undefined },
    open: async (url) => {
      story.account.say(`  … consent is asked for; a script clicks it as ${person.displayName}`);
      await walk(url);
    },
  });
};

/** The whole story, against a Confluence that the app starts itself. */
export const runOnSandbox = async (story: Story): Promise<void> => {
  const { account, options, signal } = story;
  await using sandbox = await startSandbox();
  const redirectUri = sandbox.client.redirectUris[0] ?? '';
  await using tributary = wire(credentials(sandbox, { redirectUri, scopes: SCOPES }), account);
  const { admin, editor } = sandbox.people;

  account.say('This is a sandbox: a Confluence of its own on this machine, with made-up people.');
  if (options.explain) account.say(`\n${tributary.pipeline.explain()}`);

  account.title('As the app: which pages are stale?');
  const { stale } = await findStalePages(tributary.api, options.staleDays);
  account.say(`${stale.length} pages were not changed for ${options.staleDays} days or more.`);
  const stalest = firstOfEachSpace(stale, SHOWN_PER_SPACE);
  printPages(account, stalest);

  account.title('As the user: which of them may I update? And mark one.');
  if (options.interactive) {
    account.say(
      `Log in as ${editor.email} with the password ${editor.password} (made up, like all here).`,
    );
  }
  let marked: ReviewedPage | undefined;
  const reviewed = await runWithConsent(
    async ({ run }) => {
      if (run > 1) account.say(`  … granted; the handler runs again from the start (run ${run})`);
      const pages = await reviewPages(tributary, stalest);
      marked = pages.find((page) => page.mayUpdate);
      if (marked !== undefined) {
        await labelAsStale(tributary, marked);
        await commentOn(tributary, marked);
      }
      return pages;
    },
    { prompt: promptFor(story, editor), user: { id: 'terminal' }, signal },
  );
  printReview(account, reviewed);
  account.say(
    marked === undefined
      ? 'None of them may be updated, so none was marked.'
      : `“${marked.title}” got a label and a comment, as ${options.interactive ? 'you' : editor.displayName}.`,
  );

  account.title('Unauthenticated, with a header of its own: the audit log');
  const records = await readAudit(tributary.api, { email: admin.email, token: admin.apiToken });
  account.table(
    ['When', 'Who', 'What'],
    records.map(({ when, author, summary }) => [when, author, summary]),
  );

  account.title('Next');
  account.say('1. npx -y pnpm@12 start --interactive   gives the consent in your own browser');
  account.say(
    '2. npx -y pnpm@12 start --web           is a web app that asks, and comments as you',
  );
  account.say('3. cp .env.example .env                 points it at your own site, read-only');
  account.say('4. apps/example/src/wiring/wire.ts      shows how the chain is put together');
};
