import { ConfigError, isLoopback } from '@tributary/pipeline';
import type { Environment } from '../settings/environment.js';
import type { WebOptions } from '../settings/web-arguments.js';
import type { Credentials } from '../wiring/wire.js';

const CALLBACK = '/callback';

/** Where the app has to be, so that the registered redirect URI leads to its consent pages. */
export interface ConsentAddress {
  readonly hostname: string;
  readonly port: number;
  readonly path: string;
}

/** @throws ConfigError where the redirect URI can't be a page of this app, or leads to another port */
export const consentAddress = (
  { user }: Pick<Credentials, 'user'>,
  { TRIBUTARY_REDIRECT_URI: registered = '' }: Environment,
  { port: wanted }: WebOptions,
): ConsentAddress => {
  if (user === undefined) return { hostname: 'localhost', port: wanted ?? 0, path: '/consent' };
  const url = URL.canParse(registered) ? new URL(registered) : undefined;
  const isOurs =
    url?.protocol === 'http:' &&
    isLoopback(url.hostname) &&
    /^(?:\/[\w.~-]+)+\/callback$/.test(url.pathname) &&
    url.search + url.hash === '';
  if (!isOurs) {
    throw new ConfigError(
      'TRIBUTARY_REDIRECT_URI',
      'must lead to a page of the app that --web serves: register http://localhost:8686/consent/callback in the developer console, and set it here too',
    );
  }
  const port = Number(url.port || 80);
  if (wanted !== undefined && wanted !== port) {
    throw new ConfigError(
      '--port',
      `must be ${port}, that of TRIBUTARY_REDIRECT_URI; or leave it out`,
    );
  }
  return { hostname: url.hostname, port, path: url.pathname.slice(0, -CALLBACK.length) };
};
