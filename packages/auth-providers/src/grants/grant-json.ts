import { type Grant, type GrantedSite, revealSecret, Secret } from '@tributary/pipeline';
import { GrantUnreadableError } from './grant-unreadable-error.js';

/** Raised when a reader of the old form would misunderstand the new one. */
const VERSION = 1;

type Stored = Readonly<Record<string, unknown>>;

/** Typed by Grant's own keys, so that a new field can't be forgotten here. */
const toStored = (grant: Grant): Record<keyof Grant, unknown> => ({
  accessToken: revealSecret(grant.accessToken),
  refreshToken: grant.refreshToken && revealSecret(grant.refreshToken),
  scopes: grant.scopes,
  expiresAt: grant.expiresAt,
  obtainedAt: grant.obtainedAt,
  grantedAt: grant.grantedAt,
  sites: grant.sites.map(({ cloudId, url, name }) => ({ cloudId, url, name })),
});

/** A grant as JSON, secrets open: to be sealed at once. */
export const grantToText = (grant: Grant): string =>
  JSON.stringify({ v: VERSION, ...toStored(grant) });

const unreadable = (what: string): GrantUnreadableError =>
  new GrantUnreadableError(
    `A stored grant ${what}; it is kept. Delete it to have the user asked again.`,
  );

const isObject = (value: unknown): value is Stored =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const field = <T>(stored: Stored, name: string, is: (value: unknown) => value is T): T => {
  const value = stored[name];
  if (!is(value)) throw unreadable(`has no valid \`${name}\``);
  return value;
};

export const isString = (value: unknown): value is string => typeof value === 'string';
export const isTime = (value: unknown): value is number => Number.isFinite(value);
export const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isString);
const isObjects = (value: unknown): value is readonly Stored[] =>
  Array.isArray(value) && value.every(isObject);

const readSite = (stored: Stored): GrantedSite => {
  const site = { cloudId: field(stored, 'cloudId', isString), url: field(stored, 'url', isString) };
  return Object.freeze(
    stored.name === undefined ? site : { ...site, name: field(stored, 'name', isString) },
  );
};

/** @throws GrantUnreadableError for what is no grant or a later version's. */
export const grantFromText = (text: string): Grant => {
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch {
    // The parser's own error would quote the secrets.
    throw unreadable('is damaged');
  }
  if (!isObject(stored)) throw unreadable('is damaged');
  if (stored.v !== VERSION) {
    throw unreadable(
      `has the version ${JSON.stringify(stored.v)}, and this package reads ${VERSION}: update it`,
    );
  }
  const refreshToken = stored.refreshToken;
  const grant: Grant = {
    accessToken: new Secret(field(stored, 'accessToken', isString)),
    ...(refreshToken !== undefined && {
      refreshToken: new Secret(field(stored, 'refreshToken', isString)),
    }),
    scopes: Object.freeze([...field(stored, 'scopes', isStrings)]),
    expiresAt: field(stored, 'expiresAt', isTime),
    obtainedAt: field(stored, 'obtainedAt', isTime),
    grantedAt: field(stored, 'grantedAt', isTime),
    sites: Object.freeze(field(stored, 'sites', isObjects).map(readSite)),
  };
  return Object.freeze(grant);
};
