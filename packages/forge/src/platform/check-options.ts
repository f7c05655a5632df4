import { ConfigError, normaliseBase } from '@tributary/pipeline';
import type { OddSegmentsOptions } from '../odd-segments.js';
import type { ForgePlatformOptions } from './platform-options.js';

/** @throws ConfigError naming the field, for a value that can't work there */
type Check = (field: string, value: unknown) => void;

/** Fields that are undefined are as if they were not there. */
type Checks = Readonly<Record<string, Check>>;

type Fields = Readonly<Record<string, unknown>>;

const check =
  (hint: string, fits: (value: unknown) => boolean): Check =>
  (field, value) => {
    if (!fits(value)) throw new ConfigError(field, `must be ${hint}`);
  };

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = check('a text', (value) => typeof value === 'string');
const flag = check('true or false', (value) => typeof value === 'boolean');
const method = check('a function', (value) => typeof value === 'function');
const ms = check(
  'a number of ms from 0',
  (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
);
const fields = check('an object', isFields);
const anything: Check = () => {};

const url: Check = (field, value) => {
  text(field, value);
  normaliseBase(value as string, field);
};

const optional =
  (one: Check): Check =>
  (field, value) => {
    if (value !== undefined) one(field, value);
  };

const orFalse =
  (one: Check): Check =>
  (field, value) => {
    if (value !== false) one(field, value);
  };

const listOf =
  (one: Check): Check =>
  (field, value) => {
    check('a list', Array.isArray)(field, value);
    for (const [at, entry] of (value as unknown[]).entries()) one(`${field}[${at}]`, entry);
  };

/** An object with these fields; others are not looked at. */
const objectOf =
  (checks: Checks): Check =>
  (field, value) => {
    fields(field, value);
    for (const [name, one] of Object.entries(checks))
      one(`${field}.${name}`, (value as Fields)[name]);
  };

/** An object whose keys are the app's own. */
const tableOf =
  (one: Check): Check =>
  (field, value) => {
    fields(field, value);
    for (const [key, entry] of Object.entries(value as Fields)) one(`${field}.${key}`, entry);
  };

const host: Check = (field, value) => {
  if (typeof value === 'string') return;
  check('a host, such as "*.example.com", or { address }', isFields)(field, value);
  const name = 'remote' in (value as Fields) ? 'remote' : 'address';
  text(`${field}.${name}`, (value as Fields)[name]);
};

const hosts = optional(listOf(host));

const external = objectOf({
  fetch: optional(objectOf({ backend: hosts, client: hosts })),
  fonts: hosts,
  styles: hosts,
  frames: hosts,
  images: hosts,
  media: hosts,
  scripts: hosts,
});

const endpoints = tableOf(objectOf({ url, headers: optional(method) }));

const thirdParty: Check = (field, value) => {
  objectOf({
    remotes: tableOf(url),
    accounts: method,
    request: optional(method),
    learn: optional(method),
    consent: optional(method),
  })(field, value);
  const { request, authorization } = value as Fields;
  if (request === undefined) method(`${field}.authorization`, authorization);
};

const CHECKS: Readonly<Record<keyof ForgePlatformOptions | keyof OddSegmentsOptions, Check>> = {
  app: fields,
  permissions: objectOf({ scopes: optional(listOf(text)), external: optional(external) }),
  scopes: check("'warn', 'error' or 'off'", (value) =>
    ['warn', 'error', 'off'].includes(value as string),
  ),
  egress: hosts,
  accountId: text,
  contextAri: text,
  sites: method,
  // What it is a client of is looked at with the other one.
  bitbucket: anything,
  remotes: endpoints,
  services: endpoints,
  externalAuth: tableOf(thirdParty),
  capabilities: tableOf(method),
  webTriggers: objectOf({ getUrl: method, deleteUrl: method, queryUrls: method }),
  retry: orFalse(fields),
  budget: flag,
  timeout: orFalse(ms),
  invocationTimeout: ms,
  appCodeDir: text,
  metrics: objectOf({ counter: method, timing: method, gauge: method }),
  featureFlags: method,
  warn: method,
  fetch: method,
  strictRoutes: flag,
};

/**
 * What comes from JavaScript or from a configuration file is of no type: a list of hosts that is null would
 * let all of them through.
 * @throws ConfigError naming the option, for the first that can't work
 */
export const checkOptions = (options: ForgePlatformOptions & OddSegmentsOptions): void => {
  for (const [name, one] of Object.entries(CHECKS)) optional(one)(name, (options as Fields)[name]);
};
