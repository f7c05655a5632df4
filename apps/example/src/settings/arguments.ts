import { parseArgs } from 'node:util';
import { ConfigError } from '@tributary/pipeline';
import { readWeb, type WebOptions } from './web-arguments.js';

export const HELP = `Stale page report: which pages did nobody touch for a while, and may you mend them?

  npx -y pnpm@12 start [options]

  --interactive       ask for consent in your browser, instead of by a script
  --stale-days <n>    how old a page has to be to count as stale (default 365)
  --explain           print the chain's order first
  --web               a web app instead, until Ctrl-C: the list, and a button "Comment as me";
                      for the sandbox or a Cloud site, not for Data Center
  --port <n>          its port (default: that of TRIBUTARY_REDIRECT_URI, else a free one)
  --write <pageId>    the one page of your own site that it may comment on
  --grants <file>     keep your consent to it in a SQLite file, sealed with TRIBUTARY_ENCRYPTION_KEY
  --forge <folder>    serve the Forge app in that folder instead, until Ctrl-C
  --code <folder>     where its handlers are, from its own folder (default src)
  -h, --help          this text

Without TRIBUTARY_SITE it runs against a sandbox that it starts itself; with it (environment or .env,
see .env.example) against that site, read-only but for --write.
`;

export interface Options {
  readonly help: boolean;
  readonly interactive: boolean;
  readonly explain: boolean;
  readonly staleDays: number;
  readonly web?: WebOptions | undefined;
  readonly forge?: string | undefined;
  readonly code?: string | undefined;
}

const readDays = (value: string): number => {
  const days = Number(value);
  if (!Number.isInteger(days) || days < 1) {
    throw new ConfigError('--stale-days', 'must be a whole number of days above 0');
  }
  return days;
};

/** @throws ConfigError naming the argument that is not understood */
export const readArguments = (args: readonly string[]): Options => {
  try {
    const { values } = parseArgs({
      // pnpm hands on the `--` that npm users write in front of a script's own options.
      args: args[0] === '--' ? args.slice(1) : [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        interactive: { type: 'boolean', default: false },
        explain: { type: 'boolean', default: false },
        'stale-days': { type: 'string', default: '365' },
        web: { type: 'boolean', default: false },
        port: { type: 'string' },
        write: { type: 'string' },
        grants: { type: 'string' },
        forge: { type: 'string' },
        code: { type: 'string' },
      },
    });
    return { ...values, staleDays: readDays(values['stale-days']), web: readWeb(values) };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const reason = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new ConfigError('arguments', `${reason}; --help lists what there is`);
  }
};
