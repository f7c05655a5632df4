import { isLoopback, type Site } from '@tributary/pipeline';
import { isCloudId } from '../sites/cloud-id.js';
import { type ApiBase, readApiBase } from './api-base.js';
import type { ForgeRemoteConfig } from './forge-remote-config.js';
import { InvocationTokenError } from './invocation-token-error.js';
import { type Claims, readRecord, readText } from './read-record.js';

/** A product that the app is installed in. */
export interface InstallationContext {
  /** `confluence`, `jira`, or the context's ARI. */
  readonly name: string;
  readonly cloudId: string;
}

/** What a verified invocation token says (Forge: "Remote essentials", Forge Invocation Token). */
export interface RemoteContext {
  /** `ari:cloud:ecosystem::app/…` */
  readonly appId: string;
  readonly appVersion?: string;
  readonly environment: { readonly type: string; readonly id?: string };
  readonly module: { readonly type?: string; readonly key?: string };
  /** `ari:cloud:ecosystem::installation/…`: what stored data is keyed by. */
  readonly installationId: string;
  readonly installationContexts: readonly InstallationContext[];
  readonly cloudId: string;
  readonly siteUrl?: string;
  /** Who is invoking; UI modules only. */
  readonly accountId?: string;
  readonly license?: Readonly<Record<string, unknown>>;
  /** The module's own context; UI modules only. */
  readonly context?: Readonly<Record<string, unknown>>;
}

/** The same, with what only this package needs. */
export interface VerifiedContext {
  readonly remote: RemoteContext;
  readonly site: Site;
  /** Where `app.apiBaseUrl` is. */
  readonly base: ApiBase;
  /** By product, for an app that is installed in several. */
  readonly bases: ReadonlyMap<string, ApiBase>;
}

/** An account's id goes into a GraphQL variable and into keys. */
const ACCOUNT_ID = /^[\w:.-]{1,128}$/;

/** @throws InvocationTokenError for claims of Forge's that can't be acted on. */
export const readContext = (claims: Claims, config: ForgeRemoteConfig): VerifiedContext => {
  const app = readRecord(claims.app);
  const installation = readRecord(app.installation);
  const context = readRecord(claims.context);
  const environment = readRecord(app.environment);
  const { type, id: environmentId } = environment;
  const module = readRecord(app.module);
  // `aud` is checked before, and may be a list of one.
  const appId = String(claims.aud);
  if (app.id !== appId) throw new InvocationTokenError('app');
  if (typeof type !== 'string' || !config.environments.has(type)) {
    throw new InvocationTokenError('environment');
  }
  const base = readApiBase(app.apiBaseUrl, config);
  const cloudId = readCloudId(base, context, installation);
  const bases = readBases(installation, base, config);
  const siteUrl = readSiteUrl(context.siteUrl, config);

  const remote = {
    appId,
    ...optional('appVersion', readText(app.appVersion)),
    environment: Object.freeze({ type, ...optional('id', readText(environmentId)) }),
    module: Object.freeze({
      ...optional('type', readText(module.type)),
      ...optional('key', readText(module.key)),
    }),
    installationId: readInstallation(app, installation),
    installationContexts: readInstallationContexts(installation, base, cloudId),
    cloudId,
    ...optional('siteUrl', siteUrl),
    ...optional('accountId', readAccount(claims.principal)),
    ...optional('license', app.license === undefined ? undefined : readRecord(app.license)),
    ...optional(
      'context',
      claims.context === undefined || claims.context === null ? undefined : context,
    ),
  };
  return {
    remote: Object.freeze(record(remote)),
    site: siteOf(base, cloudId, siteUrl),
    base,
    bases,
  };
};

/** Without prototype: a field that a token does not have is not read from a polluted one. */
const record = <T extends object>(fields: T): T => Object.assign(Object.create(null), fields);

const optional = <K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } =>
  (value === undefined ? {} : { [name]: value }) as { [P in K]?: V };

const readInstallation = (app: Claims, installation: Claims): string => {
  const id = readText(app.installationId) ?? readText(installation.id);
  if (id === undefined || id !== (installation.id ?? id)) {
    throw new InvocationTokenError('installation');
  }
  return id;
};

const readAccount = (principal: unknown): string | undefined => {
  if (principal === undefined || principal === null) return undefined;
  if (typeof principal === 'string' && ACCOUNT_ID.test(principal)) return principal;
  throw new InvocationTokenError('principal');
};

const contextsOf = (installation: Claims): readonly Claims[] =>
  Array.isArray(installation.contexts) ? installation.contexts.map(readRecord) : [];

/** From the module's context, else from where the API is, else from the installation: one, or none at all. */
const readCloudId = (base: ApiBase, context: Claims, installation: Claims): string => {
  const own = context.cloudId ?? undefined;
  const found = own ?? base.cloudId ?? contextsOf(installation)[0]?.cloudId;
  const isOther = base.cloudId !== undefined && !isSame(found, base.cloudId);
  if (!isCloudId(found) || isOther) throw new InvocationTokenError('cloud-id');
  return found;
};

const isSame = (one: unknown, other: string): boolean =>
  typeof one === 'string' && one.toLowerCase() === other.toLowerCase();

const readBases = (
  installation: Claims,
  base: ApiBase,
  config: ForgeRemoteConfig,
): ReadonlyMap<string, ApiBase> => {
  const bases = new Map<string, ApiBase>();
  for (const { apiBaseUrl } of contextsOf(installation)) {
    if (apiBaseUrl === undefined) continue;
    const found = readApiBase(apiBaseUrl, config);
    if (found.product !== undefined) bases.set(found.product, found);
  }
  if (base.product !== undefined) bases.set(base.product, base);
  return bases;
};

const readInstallationContexts = (
  installation: Claims,
  base: ApiBase,
  cloudId: string,
): readonly InstallationContext[] => {
  const listed = contextsOf(installation).flatMap(({ name, cloudId: own }) => {
    const known = readText(name);
    return known === undefined
      ? []
      : [Object.freeze({ name: known, cloudId: isCloudId(own) ? own : cloudId })];
  });
  if (listed.length > 0 || base.product === undefined) return Object.freeze(listed);
  return Object.freeze([Object.freeze({ name: base.product, cloudId })]);
};

const readSiteUrl = (value: unknown, config: ForgeRemoteConfig): string | undefined => {
  if (value === undefined || value === null) return undefined;
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  const isHttp = url?.protocol === 'http:' && config.isLoopbackAllowed && isLoopback(url.hostname);
  if (url === undefined || !(url.protocol === 'https:' || isHttp)) {
    throw new InvocationTokenError('site-url');
  }
  return url.origin;
};

/** What a call needs to go to this site: to the gateway that the token names, and bare ones to the site. */
const siteOf = (base: ApiBase, cloudId: string, siteUrl: string | undefined): Site =>
  Object.freeze({
    deployment: 'cloud',
    url: siteUrl === undefined ? base.url : `${siteUrl}/`,
    gateway: `${new URL(base.url).origin}/`,
    cloudId,
  });
