import { startSandbox } from '@tributary/sandbox';
import { credentials } from '../stories/sandbox.js';
import { untilStopped } from '../until-stopped.js';
import { wire } from '../wiring/wire.js';
import type { AppUser } from './face.js';
import { Report } from './report.js';
import { SCOPES } from './scopes.js';
import { openPort } from './serve.js';
import type { WebStory } from './web-story.js';

const USERS: readonly AppUser[] = [
  { id: 'ada', name: 'Ada' },
  { id: 'ben', name: 'Ben' },
];

/** The web face, against a Confluence that the app starts itself. */
export const serveOnSandbox = async ({ account, options, web, signal }: WebStory) => {
  await using port = await openPort(web.port ?? 0);
  const redirectUri = `${port.origin}/consent/callback`;
  await using sandbox = await startSandbox({ redirectUris: [redirectUri] });
  await using tributary = wire(credentials(sandbox, { redirectUri, scopes: SCOPES }), account);

  account.say('This is a sandbox: a Confluence of its own on this machine, with made-up people.');
  if (options.explain) account.say(`\n${tributary.pipeline.explain()}`);
  const { editor, reader } = sandbox.people;
  port.serve(
    {
      tributary,
      report: new Report({ api: tributary.api, staleDays: options.staleDays }),
      publicUrl: port.origin,
      consentPath: '/consent',
      users: USERS,
      people: [editor, reader],
      whyNot: () => undefined,
    },
    account,
  );
  account.say(`\nOpen ${port.origin} in your browser. Ctrl-C ends it, and forgets everything.\n`);
  await untilStopped(signal);
  account.say('\nStopped.');
};
