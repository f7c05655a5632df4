#!/usr/bin/env node
import { parseArgs } from 'node:util';
import type { SandboxLimits } from './limits/limit-options.js';
import { isRedirectUri } from './oauth/client.js';
import { MOST_PAGES, type SandboxOptions } from './sandbox-options.js';
import { SEEDED_PAGES } from './seed/seed.js';
import { type Sandbox, startSandbox } from './start-sandbox.js';

const help = `Usage: tributary-sandbox [options]

Starts a local Confluence Cloud site, its API gateway, its OAuth server and a Data Center site
on 127.0.0.1.

  --port <n>           port of the site (default 8080)
  --gateway-port <n>   port of the gateway (default: a free one)
  --auth-port <n>      port of the OAuth server (default: a free one)
  --data-center-port <n>
                       port of the Data Center site (default: a free one)
  --redirect-uri <url> redirect URI of the OAuth client; may be given several times
                       (default http://localhost:53682/callback and the same on 127.0.0.1)
  --token-ttl <s>      life of an access token in seconds (default 3600)
  --pages <n>          pages of the site (default 200)
  --burst <n>          requests a second that each endpoint bears (default: any number)
  --quota <n>          points that an app may spend in a window (default: any number)
  --quota-window <s>   length of that window in seconds (default 3600)
  --data-center-tokens <n>
                       requests that each user of the Data Center site may send in an interval
                       (default: any number)
  --data-center-interval <s>
                       length of that interval in seconds (default 60)
  -h, --help           this text
`;

/** Always the same, so that an .env file made once goes on working. */
const DEFAULT_REDIRECT_URIS = [
  'http://localhost:53682/callback',
  'http://127.0.0.1:53682/callback',
];

/** A mistake in the command line, to be told in one line. */
class UsageError extends Error {}

function readOptions(args: readonly string[]): SandboxOptions | 'help' {
  const { values } = parse(args);
  if (values.help) return 'help';
  const redirectUris = values['redirect-uri'] ?? DEFAULT_REDIRECT_URIS;
  const badUri = redirectUris.find((uri) => !isRedirectUri(uri));
  if (badUri !== undefined)
    throw new UsageError(`--redirect-uri must be an http(s) URL, not '${badUri}'`);
  return {
    port: readNumber('--port', values.port, 8080, 65_535),
    gatewayPort: readNumber('--gateway-port', values['gateway-port'], 0, 65_535),
    authPort: readNumber('--auth-port', values['auth-port'], 0, 65_535),
    dataCenterPort: readNumber('--data-center-port', values['data-center-port'], 0, 65_535),
    accessTokenTtl: readNumber('--token-ttl', values['token-ttl'], 3_600, 31_536_000, 1),
    redirectUris,
    pages: readNumber('--pages', values.pages, SEEDED_PAGES, MOST_PAGES, SEEDED_PAGES),
    limits: readLimits(values),
  };
}

interface LimitFlags {
  readonly burst?: string;
  readonly quota?: string;
  readonly 'quota-window'?: string;
  readonly 'data-center-tokens'?: string;
  readonly 'data-center-interval'?: string;
}

function readLimits(flags: LimitFlags): SandboxLimits {
  for (const [flag, other] of [
    ['quota-window', 'quota'],
    ['data-center-interval', 'data-center-tokens'],
  ] as const) {
    if (flags[flag] !== undefined && flags[other] === undefined)
      throw new UsageError(`--${flag} goes with --${other}`);
  }
  const number = (flag: keyof LimitFlags, usual: number) =>
    readNumber(`--${flag}`, flags[flag], usual, 999_999_999, 1);
  const windowMs = number('quota-window', 3_600) * 1000;
  const intervalSeconds = number('data-center-interval', 60);
  return {
    cloud: {
      ...(flags.burst !== undefined && { burst: { perSecond: number('burst', 1) } }),
      ...(flags.quota !== undefined && { quota: { points: number('quota', 1), windowMs } }),
    },
    ...(flags['data-center-tokens'] !== undefined && {
      dataCenter: { capacity: number('data-center-tokens', 1), intervalSeconds },
    }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        'gateway-port': { type: 'string' },
        'auth-port': { type: 'string' },
        'data-center-port': { type: 'string' },
        'redirect-uri': { type: 'string', multiple: true },
        'token-ttl': { type: 'string' },
        pages: { type: 'string' },
        burst: { type: 'string' },
        quota: { type: 'string' },
        'quota-window': { type: 'string' },
        'data-center-tokens': { type: 'string' },
        'data-center-interval': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    // Some of these messages go on with advice in a second line.
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UsageError(line);
  }
}

function readNumber(
  flag: string,
  text: string | undefined,
  usual: number,
  highest: number,
  lowest = 0,
): number {
  if (text === undefined) return usual;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (number >= lowest && number <= highest) return number;
  throw new UsageError(`${flag} must be a number from ${lowest} to ${highest}, not '${text}'`);
}

function banner(sandbox: Sandbox): string {
  const { people, client, serviceAccount, dataCenter } = sandbox;
  const rights = {
    admin: 'site administrator',
    editor: 'edits ENG and HELP, reads PPL',
    reader: 'reads everything not restricted',
    outsider: 'sees HELP only',
  };
  const table = (['admin', 'editor', 'reader', 'outsider'] as const).map((name) => {
    const { displayName, email, apiToken, scopedToken, password, personalAccessToken } =
      people[name];
    return `  ${displayName}, ${rights[name]}
    email ${email}   password ${password}
    API token ${apiToken}   scoped token ${scopedToken}
    Data Center token ${personalAccessToken}`;
  });
  return `Tributary sandbox is up. All secrets below are fakes of the sandbox's own.

  site     ${sandbox.siteUrl}
  gateway  ${sandbox.gatewayUrl}
  OAuth    ${sandbox.authUrl}
  cloudId  ${sandbox.cloudId}
  Data Center ${dataCenter.url}

People
${table.join('\n')}

OAuth client
  id ${client.clientId}   secret ${client.clientSecret}
${client.redirectUris.map((uri) => `  redirect URI ${uri}`).join('\n')}
  at Data Center: id ${dataCenter.client.clientId}   secret ${dataCenter.client.clientSecret}

Service account (client credentials)
  id ${serviceAccount.clientId}   secret ${serviceAccount.clientSecret}
  at Data Center: id ${dataCenter.serviceAccount.clientId}   secret ${dataCenter.serviceAccount.clientSecret}

To use it, put this into .env
  TRIBUTARY_SITE=${sandbox.siteUrl}
  TRIBUTARY_DEPLOYMENT=cloud
  TRIBUTARY_EMAIL=${people.editor.email}
  TRIBUTARY_TOKEN=${people.editor.apiToken}
  TRIBUTARY_CLIENT_ID=${client.clientId}
  TRIBUTARY_CLIENT_SECRET=${client.clientSecret}
  TRIBUTARY_REDIRECT_URI=${client.redirectUris[0] ?? ''}

Try it
  curl -u ${people.editor.email}:${people.editor.apiToken} ${sandbox.siteUrl}/wiki/api/v2/spaces

Ctrl-C stops it; nothing is kept.
`;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(help);
    return;
  }
  const sandbox = await startSandbox(options);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void sandbox.close());
  }
  process.stdout.write(banner(sandbox));
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`tributary-sandbox: ${message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
