import { ConfigError, type Grant, type GrantDecision, Secret } from '@tributary/pipeline';
import { isString, isStrings, isTime } from './grant-json.js';

const isSecret = (value: unknown): boolean => value instanceof Secret;
const isSite = (value: unknown): boolean => {
  const { cloudId, url, name = '' } = (value ?? {}) as Record<string, unknown>;
  return [cloudId, url, name].every(isString);
};

/** What the fields of a grant have to be, so that it can be read again. */
const CHECKS: { readonly [F in keyof Required<Grant>]: (value: unknown) => boolean } = {
  accessToken: isSecret,
  refreshToken: (value) => value === undefined || isSecret(value),
  scopes: isStrings,
  expiresAt: isTime,
  obtainedAt: isTime,
  grantedAt: isTime,
  sites: (value) => Array.isArray(value) && value.every(isSite),
};

/**
 * Refuses what a holder without types may say: taken for a removal, or stored unreadable, it would cost
 * the grant.
 * @throws ConfigError naming `decision`, or the field of the grant.
 */
export const checkDecision = (decision: GrantDecision): void => {
  if (decision === 'keep' || decision === 'delete') return;
  const { write } = (decision ?? {}) as { readonly write?: Partial<Record<keyof Grant, unknown>> };
  if (typeof write !== 'object' || write === null) {
    throw new ConfigError('decision', "must be { write: grant }, 'keep' or 'delete'");
  }
  for (const [field, is] of Object.entries(CHECKS)) {
    if (!is(write[field as keyof Grant])) {
      throw new ConfigError(`grant.${field}`, 'is not what a grant holds; see the type Grant');
    }
  }
};
