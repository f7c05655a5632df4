import { ConfigError } from '@tributary/pipeline';

type Env = Readonly<Record<string, string | undefined>>;

/** What EnvHttpProxyAgent is told; undefined where the environment names no proxy. */
export interface Proxies {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'socks5:', 'socks:']);

/** @throws ConfigError that doesn't show the value: it may hold a password. */
const readProxy = (env: Env, name: string): string => {
  const field = env[name.toLowerCase()] ? name.toLowerCase() : name;
  const value = env[field];
  if (!value) return '';
  // As curl reads it: `proxy.example:3128` is an http proxy.
  const href = value.includes('://') ? value : `http://${value}`;
  if (!URL.canParse(href) || !SCHEMES.has(new URL(href).protocol)) {
    throw new ConfigError(field, 'is no proxy; give one such as http://user:password@proxy:3128');
  }
  return href;
};

/** HTTPS_PROXY, HTTP_PROXY and NO_PROXY, the lower-case names first. */
export const proxiesFromEnv = (env: Env): Proxies | undefined => {
  const httpsProxy = readProxy(env, 'HTTPS_PROXY');
  // Under CGI, HTTP_PROXY is what a client sent as its Proxy header ("httpoxy").
  const isCgi = env.REQUEST_METHOD !== undefined;
  const httpProxy = readProxy(isCgi ? { http_proxy: env.http_proxy } : env, 'HTTP_PROXY');
  if (httpsProxy === '' && httpProxy === '') return undefined;
  return { httpProxy, httpsProxy, noProxy: env.no_proxy ?? env.NO_PROXY ?? '' };
};
