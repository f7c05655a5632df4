import { ConfigError } from '@tributary/pipeline';
import type { BaseChoice } from '../sites/product-base.js';

const CHECKS: readonly (readonly [RegExp, string])[] = [
  [/[\r\n]$/, 'ends in a line end; was it read from a file, or a .env file with CRLF?'],
  [/[\r\n]/, 'holds a line end'],
  [/^["'`].*["'`]$/, 'is wrapped in quotes; give it without'],
  [/["`]/, 'holds a quote'],
  [/^\s|\s$/, 'begins or ends in white space'],
  [/\s/, 'holds white space'],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  [/[\u0000-\u001f\u007f-\u009f]/, 'holds a control character'],
];

const BASES: readonly BaseChoice[] = ['site', 'gateway', 'bitbucket'];

/** @throws ConfigError naming the field and what is wrong with it, and never its value. */
const requireClean = (field: string, value: unknown, hint: string): string => {
  if (value === undefined || value === null || value === '') {
    throw new ConfigError(field, `is missing; ${hint}`);
  }
  if (typeof value !== 'string') throw new ConfigError(field, `must be a string; ${hint}`);
  const failed = CHECKS.find(([pattern]) => pattern.test(value));
  if (failed !== undefined) throw new ConfigError(field, failed[1]);
  return value;
};

/** A token, secret or client id: visible ASCII, as a header or form field can carry it. */
export const requireToken = (field: string, value: unknown, hint: string): string => {
  const clean = requireClean(field, value, hint);
  if (clean.includes("'")) throw new ConfigError(field, 'holds a quote');
  if (!/^[\x21-\x7e]+$/.test(clean)) {
    throw new ConfigError(field, 'holds a character that no token has; copy it again');
  }
  return clean;
};

/** The user name of HTTP Basic can't hold a colon (RFC 7617, section 2). */
export const requireEmail = (field: string, value: unknown): string => {
  const clean = requireClean(field, value, 'give the email of the Atlassian account');
  if (!/^[^@:]+@[^@:]+$/.test(clean)) {
    throw new ConfigError(field, 'is no email address; the account name alone is not enough');
  }
  return clean;
};

/** @throws ConfigError for anything but a base. */
export const requireBaseChoice = (value: unknown): BaseChoice | undefined => {
  if (value === undefined || BASES.includes(value as BaseChoice)) return value as BaseChoice;
  throw new ConfigError('base', `must be one of ${BASES.join(', ')}`);
};
