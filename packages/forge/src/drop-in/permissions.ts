import { getAppContext } from './app-context.js';
import { addressMatcher } from './host-match.js';
import { counted } from './metrics.js';
import { checkRequirements } from './permission-requirements.js';
import { type External, hostText, MissingPermissions } from './permission-set.js';

type Hosts = Parameters<typeof hostText>[0][];
type FetchType = 'backend' | 'client';

/** What an app asks to be granted. */
interface Requirements {
  scopes?: MissingPermissions['scopes'];
  external?: External | undefined;
  format?(): string;
}

interface PermissionResult {
  granted: boolean;
  /** What of the required isn't. */
  missing?: MissingPermissions;
}

const missingScopes = (required: unknown, granted: unknown): string[] | undefined => {
  if (!Array.isArray(required)) return undefined;
  const has = new Set(Array.isArray(granted) ? granted : []);
  return noneAsUndefined(required.filter((scope) => !has.has(scope)));
};

const noneAsUndefined = <T>(list: T[]): T[] | undefined => (list.length > 0 ? list : undefined);

const missingHosts = (
  required: unknown,
  granted: Hosts | undefined,
  byBrowser: boolean,
): string[] | undefined => {
  if (!Array.isArray(required)) return undefined;
  const isAllowed = addressMatcher((granted ?? []).map(hostText), byBrowser);
  return noneAsUndefined(required.map(hostText).filter((host) => !isAllowed(host)));
};

/** The entries that say something; undefined where none does. */
const definedEntries = <T extends object>(entries: T): T | undefined => {
  const defined = Object.entries(entries).filter(([, value]) => value !== undefined);
  return defined.length > 0 ? (Object.fromEntries(defined) as T) : undefined;
};

const missingFetch = (
  required: External['fetch'],
  granted: External['fetch'],
): External['fetch'] | undefined =>
  definedEntries(
    Object.fromEntries(
      Object.entries(required ?? {}).map(([side, hosts]) => [
        side,
        missingHosts(hosts, granted?.[side as FetchType], side === 'client'),
      ]),
    ),
  );

const missingExternal = (required: External, granted: External): External | undefined =>
  definedEntries(
    Object.fromEntries(
      Object.entries(required)
        // A switch of the manifest, and no host.
        .filter(([kind]) => kind !== 'configurable')
        .map(([kind, hosts]) => [
          kind,
          kind === 'fetch'
            ? missingFetch(hosts as External['fetch'], granted.fetch)
            : missingHosts(hosts, granted[kind as 'fonts'], true),
        ]),
    ),
  );

const examine = (requirements: Requirements): PermissionResult => {
  const { permissions } = getAppContext();
  checkRequirements(requirements);
  const scopes = missingScopes(requirements.scopes, permissions?.scopes);
  const external =
    requirements.external && missingExternal(requirements.external, permissions?.external ?? {});
  if (scopes === undefined && external === undefined) return { granted: true };
  return { granted: false, missing: new MissingPermissions(scopes, external) };
};

/** What the installed app was granted. Nothing is asked of a server. */
export const permissions = {
  /** @throws TypeError, Error where the requirements are no such thing */
  hasPermission: (requirements: Requirements): PermissionResult =>
    counted('api.permissions.hasPermission', () => examine(requirements)),
  hasScope: (scope: string): boolean =>
    counted('api.permissions.hasScope', () => examine({ scopes: [scope] }).granted),
  canFetchFrom: (type: FetchType, url: string): boolean =>
    counted(
      'api.permissions.canFetchFrom',
      () => examine({ external: { fetch: { [type]: [url] } } }).granted,
    ),
  canLoadResource: (type: Exclude<keyof External, 'fetch'>, url: string): boolean =>
    counted(
      'api.permissions.canLoadResource',
      () => examine({ external: { [type]: [url] } as External }).granted,
    ),
};
