import type { GrantKey } from '@tributary/pipeline';

/**
 * Letters, digits, `-` and `.` as they are; every other byte as `=XX`. So neither the separator nor a
 * wildcard of SQL's LIKE or Redis's SCAN can come from a part.
 */
const encodePart = (part: string): string =>
  encodeURIComponent(part)
    .replace(/[!'()*_~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%', '=');

/** Parts as one string, different for different parts. */
export const encodeParts = (parts: readonly string[]): string => parts.map(encodePart).join('/');

/** A grant's key as one string, for stores and single flights: no two keys share one. */
export const grantKeyId = (key: GrantKey): string => {
  const { issuer, clientId, accountId, installationId } = key;
  const parts = [issuer, clientId, accountId];
  return encodeParts(installationId === undefined ? parts : [...parts, installationId]);
};
