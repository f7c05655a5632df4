import { ConfigError, type GrantKey } from '@tributary/pipeline';

const hexOf = (char: string): string => char.charCodeAt(0).toString(16).toUpperCase();

/** Half a pair of surrogates has no bytes in UTF-8, and may be in a user's id all the same. */
const HALF = /(\p{Surrogate})/u;

/**
 * Letters, digits, `-` and `.` as they are; every other byte as `=XX`, and half a pair of surrogates as
 * `=uXXXX`. So neither the separator nor a wildcard of SQL's LIKE or Redis's SCAN can come from a part.
 */
const encodePart = (part: string): string =>
  part
    .split(HALF)
    .map((text) =>
      HALF.test(text)
        ? `=u${hexOf(text)}`
        : encodeURIComponent(text)
            .replace(/[!'()*_~]/g, (char) => `%${hexOf(char)}`)
            .replaceAll('%', '='),
    )
    .join('');

const decodePart = (part: string): string =>
  part
    .split(/=u([0-9A-F]{4})/)
    .map((text, at) =>
      at % 2 === 1
        ? String.fromCharCode(Number.parseInt(text, 16))
        : decodeURIComponent(text.replaceAll('=', '%')),
    )
    .join('');

/**
 * Parts as one string, different for different parts. Their names are for errors.
 * @throws ConfigError naming the part that is no string.
 */
export const encodeParts = (parts: Readonly<Record<string, string>>): string =>
  Object.entries(parts)
    .map(([name, part]) => {
      if (typeof part === 'string') return encodePart(part);
      throw new ConfigError(name, 'is a part of a key, and has to be a string');
    })
    .join('/');

/**
 * A grant's key as one string, for stores and single flights: no two keys share one.
 * @throws ConfigError naming the part that is no string.
 */
export const grantKeyId = (key: GrantKey): string => {
  const { issuer, clientId, accountId, installationId } = key ?? {};
  const parts = { issuer, clientId, accountId };
  return encodeParts(installationId === undefined ? parts : { ...parts, installationId });
};

/** The key whose id it is, or undefined where it is nobody's. */
export const parseGrantKeyId = (id: string): GrantKey | undefined => {
  let parts: readonly string[];
  try {
    parts = id.split('/').map(decodePart);
  } catch {
    return undefined;
  }
  const [issuer, clientId, accountId, installationId, ...more] = parts;
  if (issuer === undefined || clientId === undefined || accountId === undefined) return undefined;
  if (more.length > 0) return undefined;
  const key = { issuer, clientId, accountId };
  return installationId === undefined ? key : { ...key, installationId };
};

const PARTS = ['issuer', 'clientId', 'accountId', 'installationId'] as const;

/** Whether every part that is given equals the key's. */
export const matchesKey = (key: GrantKey, given: Partial<GrantKey>): boolean =>
  PARTS.every((part) => given[part] === undefined || given[part] === key[part]);

/** What the ids of all matching keys begin with: the parts up to the first that is not given. */
export const grantKeyPrefix = (given: Partial<GrantKey>): string => {
  let prefix = '';
  for (const part of PARTS.slice(0, 3)) {
    const value = given[part];
    if (value === undefined) break;
    // No separator after the account: nothing else may follow it.
    prefix += part === 'accountId' ? encodePart(value) : `${encodePart(value)}/`;
  }
  return prefix;
};
