import {
  type Clock,
  ConfigError,
  type ConsentDesk,
  type InvokingUser,
  isLoopback,
  systemClock,
  type TributaryError,
} from '@tributary/pipeline';
import { DEFAULT_MAX_ROUNDS } from '../rounds.js';

export interface WebConsentOptions {
  /** What it needs of a client: `tributary.consent`. */
  readonly consent: ConsentDesk;
  /** The origin that people's browsers see, https or http to loopback. Never taken from a request. */
  readonly publicUrl: string;
  /** Where the pages are. The app's redirect URI is this with `/callback`. Default `/consent`. */
  readonly path?: string;
  /** The app's name, as people know it. */
  readonly appName: string;
  /** The app's own signed-in user, from its session; `undefined` when nobody is signed in. */
  readonly user: (request: Request) => InvokingUser | undefined | Promise<InvokingUser | undefined>;
  /** Ms that a person may take to answer, and that their request is kept. Default 1,800,000. */
  readonly timeout?: number;
  /** How often one request may ask. Default 3. */
  readonly maxRounds?: number;
  /** Told of each consent that came to nothing: denied, too late, refused, failed. */
  readonly onError?: (error: TributaryError, request: Request) => void;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** The same, checked. */
export interface Settings {
  readonly consent: ConsentDesk;
  /** Without a slash at its end. */
  readonly origin: string;
  readonly path: string;
  readonly redirectUri: string;
  /** The port of an http loopback origin, where some browsers refuse Secure cookies. */
  readonly plainPort: string | undefined;
  readonly appName: string;
  readonly user: (request: Request) => Promise<InvokingUser | undefined>;
  readonly timeout: number;
  readonly maxRounds: number;
  readonly onError: (error: TributaryError, request: Request) => void;
  readonly clock: Clock;
}

const DEFAULT_PATH = '/consent';
const DEFAULT_TIMEOUT = 30 * 60_000;
const LONGEST_TIMEOUT = 24 * 60 * 60_000;

/** @throws ConfigError naming the option. */
export const readSettings = (options: WebConsentOptions): Settings => {
  const { consent, appName, clock = systemClock, onError = () => {} } = options;
  if (typeof consent?.flow !== 'function' || consent.pending === undefined) {
    throw new ConfigError('consent', 'must be the consent desk of a client: tributary.consent');
  }
  if (typeof appName !== 'string' || appName.trim() === '') {
    throw new ConfigError('appName', 'must be the name by which people know the app');
  }
  const origin = readPublicUrl(options.publicUrl);
  const path = readPath(options.path ?? DEFAULT_PATH);
  return Object.freeze({
    consent,
    origin: origin.origin,
    path,
    redirectUri: `${origin.origin}${path}/callback`,
    plainPort: origin.protocol === 'http:' ? origin.port || '80' : undefined,
    appName: appName.trim(),
    user: readUser(options.user),
    timeout: wholeNumber('timeout', options.timeout ?? DEFAULT_TIMEOUT, 1_000, LONGEST_TIMEOUT),
    maxRounds: wholeNumber('maxRounds', options.maxRounds ?? DEFAULT_MAX_ROUNDS, 1, 100),
    onError,
    clock,
  });
};

const readPublicUrl = (value: unknown): URL => {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined) {
    throw new ConfigError('publicUrl', 'is no URL; give one such as https://app.example.com');
  }
  const isSafe =
    url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  if (!isSafe) throw new ConfigError('publicUrl', 'must be https (http: loopback only)');
  const isOrigin = url.href === `${url.origin}/`;
  if (!isOrigin) {
    throw new ConfigError(
      'publicUrl',
      'must be an origin, such as https://app.example.com; what the pages are under belongs in `path`',
    );
  }
  return url;
};

const readPath = (value: unknown): string => {
  const isPath =
    typeof value === 'string' &&
    /^(?:\/[\w.~-]+)+$/.test(value) &&
    !value.split('/').some((segment) => segment === '.' || segment === '..');
  if (isPath) return value;
  throw new ConfigError('path', 'must be a plain path without a slash at its end: /consent');
};

const readUser = (user: WebConsentOptions['user'] | undefined): Settings['user'] => {
  const hint = 'must give { id } of whom the session belongs to, or undefined when nobody is';
  if (typeof user !== 'function') throw new ConfigError('user', hint);
  return async (request) => {
    const found = (await user(request)) ?? undefined;
    if (found === undefined) return undefined;
    if (typeof found.id !== 'string' || found.id === '') throw new ConfigError('user', hint);
    return found;
  };
};

const wholeNumber = (field: string, value: unknown, least: number, most: number): number => {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) {
    return value as number;
  }
  throw new ConfigError(field, `must be a whole number from ${least} to ${most}`);
};
