import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { fromEnv, type Tributary } from '@tributary/api';
import { encryption, sqliteGrants } from '@tributary/auth-providers/sqlite';
import { ConfigError } from '@tributary/pipeline';
import type { Environment } from '../settings/environment.js';
import type { WebOptions } from '../settings/web-arguments.js';
import { untilStopped } from '../until-stopped.js';
import { type Credentials, wire } from '../wiring/wire.js';
import type { Face, ReadOnly } from './face.js';
import { consentAddress } from './redirect-uri.js';
import { Report } from './report.js';
import { SCOPES } from './scopes.js';
import { openPort } from './serve.js';
import type { WebStory } from './web-story.js';

/** The web face against a site that exists: it writes to the one page that `--write` names, if any. */
export const serveOnRealSite = async (
  story: WebStory,
  config: Credentials = fromEnv(story.environment, { scopes: SCOPES }),
): Promise<void> => {
  const { account, environment, options, web, signal } = story;
  requireWhatItNeeds(config, web);
  const { hostname, path, port: wanted } = consentAddress(config, environment, web);
  await using port = await openPort(wanted, hostname);
  await using tributary = wire(config, account, storageOf(web, environment));

  account.say(`Site: ${config.site.url} (${whatIsWritten(web)})`);
  if (options.explain) account.say(`\n${tributary.pipeline.explain()}`);
  const report = await readReport(tributary, options.staleDays, web);
  const signInCode = randomBytes(8).toString('hex');
  port.serve(
    {
      tributary,
      report,
      publicUrl: port.origin,
      consentPath: path,
      users: [{ id: 'you', name: 'the person at this terminal' }],
      signInCode,
      whyNot: whyNot(config, web),
    },
    account,
  );
  if (web.grants === undefined && config.user !== undefined) {
    account.say('Your consent is kept in memory until Ctrl-C; --grants <file> keeps it longer.');
  }
  account.say(`\nOpen ${port.origin} in your browser, and sign in with the code ${signInCode}`);
  account.say('Ctrl-C ends it.\n');
  await untilStopped(signal);
  account.say('\nStopped.');
};

const USER_VARIABLES =
  'TRIBUTARY_CLIENT_ID, TRIBUTARY_CLIENT_SECRET and TRIBUTARY_REDIRECT_URI of an OAuth 2.0 app';

const requireWhatItNeeds = ({ site, app, user }: Credentials, web: WebOptions): void => {
  if (site.deployment !== 'cloud') {
    throw new ConfigError(
      'TRIBUTARY_DEPLOYMENT',
      'must be cloud for --web: its comments are those of the API that only Cloud has',
    );
  }
  if (app === undefined) {
    throw new ConfigError(
      'TRIBUTARY_TOKEN',
      'is not set, nor is TRIBUTARY_EMAIL; --web reads the list of stale pages with them',
    );
  }
  if (user !== undefined) return;
  for (const name of ['write', 'grants'] as const) {
    if (web[name] !== undefined) throw new ConfigError(`--${name}`, `needs ${USER_VARIABLES}`);
  }
};

const storageOf = ({ grants }: WebOptions, { TRIBUTARY_ENCRYPTION_KEY: key }: Environment) => {
  if (grants === undefined) return undefined;
  if (key === undefined || key === '') {
    throw new ConfigError(
      'TRIBUTARY_ENCRYPTION_KEY',
      'is not set; --grants seals what it keeps with it. Make one with: openssl rand -base64 32',
    );
  }
  // Relative to where the command was typed, not to where the package manager runs it.
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), grants);
  return sqliteGrants({ path, encryption: encryption({ key }) });
};

const whatIsWritten = ({ write }: WebOptions): string =>
  write === undefined ? 'read-only: nothing is written' : `only page ${write} is written to`;

const whyNot = ({ user }: Credentials, { write }: WebOptions): Face['whyNot'] => {
  const needsClient: ReadOnly = {
    label: 'Comment as me: needs an OAuth app',
    enable: `To comment as yourself, set ${USER_VARIABLES}, and start with --write and a page's id.`,
  };
  return (pageId) => {
    if (user === undefined) return needsClient;
    if (pageId === write) return undefined;
    return {
      label: `Comment as me: only with --write ${pageId}`,
      enable: `This is a real site. To comment on this page, start with --web --write ${pageId}.`,
    };
  };
};

/** Read before anybody waits for it, so that a credential that does not work is known at once. */
const readReport = async (
  { api }: Tributary,
  staleDays: number,
  { write }: WebOptions,
): Promise<Report> => {
  const report = new Report({ api, staleDays, ...(write !== undefined && { alsoListed: write }) });
  const pages = await report.pages();
  if (write === undefined || pages.some(({ id }) => id === write)) return report;
  throw new ConfigError(
    '--write',
    `there is no page ${write}, or none that the app's account may see; its id is in its address`,
  );
};
