import { isLoopback, normaliseBase } from '@tributary/pipeline';
import type { ForgeRemoteConfig } from './forge-remote-config.js';
import { InvocationTokenError } from './invocation-token-error.js';

type Hosts = Pick<ForgeRemoteConfig, 'apiBaseHosts' | 'isLoopbackAllowed'>;

/** An API of Atlassian's that the OAuth tokens of an invocation may be sent to. */
export interface ApiBase {
  /** As the token has it, normalised: href ending in `/`. */
  readonly url: string;
  /** `confluence`, `jira`, …, where its path says so. */
  readonly product?: string;
  /** The site's id, where its path says so; not checked yet. */
  readonly cloudId?: string;
}

/** `/ex/confluence/{cloudId}/` (Forge: "Remote essentials", app.apiBaseUrl). */
const GATEWAY_PATH = /^\/ex\/([a-z]+)\/([^/]+)\//;

/** @throws InvocationTokenError for anything but https at a host on the list. */
export const readApiBase = (value: unknown, hosts: Hosts): ApiBase => {
  const url = new URL(readBase(value));
  if (!isAllowed(url, hosts)) throw new InvocationTokenError('api-base-host');
  if (url.protocol !== 'https:' && !hosts.isLoopbackAllowed) {
    throw new InvocationTokenError('api-base-url');
  }
  const [, product, cloudId] = GATEWAY_PATH.exec(url.pathname) ?? [];
  return product === undefined || cloudId === undefined
    ? { url: url.href }
    : { url: url.href, product, cloudId };
};

const readBase = (value: unknown): string => {
  if (typeof value !== 'string') throw new InvocationTokenError('api-base-url');
  try {
    return normaliseBase(value, 'apiBaseUrl');
  } catch {
    throw new InvocationTokenError('api-base-url');
  }
};

const isAllowed = (url: URL, { apiBaseHosts, isLoopbackAllowed }: Hosts): boolean =>
  (url.port === '' && apiBaseHosts.has(url.hostname)) ||
  (isLoopbackAllowed && isLoopback(url.hostname));
