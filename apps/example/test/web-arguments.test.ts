import { expect, test } from 'vitest';
import { createAccount } from '../src/account/account.js';
import { readArguments } from '../src/settings/arguments.js';
import { serveWeb } from '../src/web/serve-web.js';

test('--web takes its own options', () => {
  expect(readArguments([]).web).toBeUndefined();
  expect(readArguments(['--web']).web).toEqual({});
  const given = ['--web', '--port', '0', '--write', '98311', '--grants', 'grants.db'];
  expect(readArguments(given).web).toEqual({ port: 0, write: '98311', grants: 'grants.db' });
});

test.each([
  [['--port', '8686'], '--port: goes with --web'],
  [['--write', '98311'], '--write: goes with --web'],
  [['--grants', 'grants.db'], '--grants: goes with --web'],
  [['--web', '--port', '65536'], '--port: must be a number from 0 to 65535'],
  [['--web', '--port='], '--port: must be'],
  [['--web', '--write', 'all'], '--write: must be the id of a page'],
  [['--web', '--write', '../98311'], '--write: must be the id of a page'],
  [['--web', '--grants='], '--grants: must name a file'],
  [['--web', '--forge', '.'], '--forge: goes without --web'],
])('%j is refused', (args, message) => {
  expect(() => readArguments(args)).toThrow(message);
});

test.each([
  [['--web', '--write', '98311'], '--write: is for a site of your own: set TRIBUTARY_SITE'],
  [['--web', '--grants', 'grants.db'], '--grants: is for a site of your own'],
  [['--web', '--interactive'], '--interactive: goes without --web'],
])('%j is refused where there is only the sandbox', (args, message) => {
  const options = readArguments(args);
  const story = {
    account: createAccount({ write: () => undefined }),
    environment: {},
    options,
    web: options.web ?? {},
    signal: AbortSignal.abort(),
  };
  expect(() => serveWeb(story, { hasSettings: false })).toThrow(message);
});
