import type { Tributary } from '@tributary/api';
import { ConfigError, type InvokingUser, isLoopback } from '@tributary/pipeline';
import type { RunAppOptions } from '../app/run-app.js';

/** What a client needs to know of the server that it is made for. */
export interface ServeAddress {
  /** The server's origin: `http://localhost:8686`. */
  readonly url: string;
  /** Where Atlassian sends people back to; the OAuth app has to have it registered. */
  readonly redirectUri: string;
}

export interface ServeOptions extends Omit<RunAppOptions, 'webTriggers'> {
  /** What the app runs on; or what makes it, once the server's address is known. That is closed with the server. */
  readonly tributary: Tributary | ((at: ServeAddress) => Tributary | Promise<Tributary>);
  /** Where it listens. Default `localhost`: this machine alone. Others need `user`. */
  readonly host?: string;
  /** 0 for any that is free. Default 8686. */
  readonly port?: number;
  /** The origin that browsers see, where it isn't the server's own: https, or http to loopback. */
  readonly publicUrl?: string;
  /**
   * Who sits at the page, from a session of yours; undefined shows nothing. Default: whoever started the
   * server, for whom a `singleUser(…)` may answer too.
   */
  readonly user?: (
    request: Request,
  ) => InvokingUser | undefined | Promise<InvokingUser | undefined>;
  /** What people see of the app's name. Default: the name of its folder. */
  readonly appName?: string;
  /** False: scheduled triggers run by hand only. Default: as in Forge, first five minutes after the start. */
  readonly schedule?:
    | false
    | { /** Ms from the start. Default 300,000. */ readonly firstRun?: number };
  /** The part of a web trigger's address that nobody can guess. Default: random, anew with each start. */
  readonly webTriggerId?: (moduleKey: string) => string;
  /** Closes the server. */
  readonly signal?: AbortSignal;
  /** Ms that what runs may take to end when the server is closed. Default 10,000. */
  readonly grace?: number;
  /** Where a line goes for each thing that happens. Default: standard error. */
  readonly log?: (line: string) => void;
}

export const DEFAULT_PORT = 8686;
export const DEFAULT_FIRST_RUN = 5 * 60_000;
const DEFAULT_GRACE = 10_000;

/** The same, checked, without the app's own. */
export interface ServeSettings {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | undefined;
  readonly user: ServeOptions['user'];
  readonly firstRun: number | false;
  readonly grace: number;
  readonly log: (line: string) => void;
}

const duration = (field: string, value: number): number => {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new ConfigError(field, 'must be a number of ms from 0');
};

/** @throws ConfigError naming the option */
export const readServeOptions = (options: ServeOptions): ServeSettings => {
  const { host = 'localhost', port = DEFAULT_PORT, publicUrl, user, schedule = {} } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ConfigError('port', 'must be a whole number from 0 to 65535');
  }
  const isPublic = publicUrl !== undefined && !isLoopback(hostOf(publicUrl));
  if (user === undefined && (isPublic || !isLoopback(host))) {
    throw new ConfigError(
      'user',
      'is needed where others than this machine can reach the server: who is signed in, by your session',
    );
  }
  if (publicUrl === undefined && !isLoopback(host)) {
    throw new ConfigError('publicUrl', `is needed with the host ${host}: what browsers call it`);
  }
  return {
    host,
    port,
    publicUrl,
    user,
    firstRun:
      schedule !== false && duration('schedule.firstRun', schedule.firstRun ?? DEFAULT_FIRST_RUN),
    grace: duration('grace', options.grace ?? DEFAULT_GRACE),
    log: options.log ?? ((line) => process.stderr.write(`${line}\n`)),
  };
};

const hostOf = (url: string): string => {
  if (URL.canParse(url)) return new URL(url).hostname;
  throw new ConfigError('publicUrl', 'is no URL; give one such as https://app.example.com');
};
