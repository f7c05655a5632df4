import type { ForgeRemoteConfig } from './forge-remote-config.js';
import type { InvocationTokenReason } from './invocation-token-error.js';
import type { Claims } from './read-record.js';

const ISSUER = 'forge/invocation-token';

type Rules = Pick<ForgeRemoteConfig, 'audiences' | 'clockSkewMs' | 'maxAgeMs'>;

/**
 * What is wrong with the registered claims (RFC 7519, section 4.1); `undefined` where nothing is.
 * @param now epoch ms
 */
export const checkClaims = (
  claims: Claims,
  rules: Rules,
  now: number,
): InvocationTokenReason | undefined =>
  claims.iss === ISSUER
    ? (checkAudience(claims, rules) ?? checkTimes(claims, rules, now))
    : 'issuer';

const checkAudience = (
  { aud }: Claims,
  { audiences }: Rules,
): InvocationTokenReason | undefined => {
  const list: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const [audience] = list;
  if (audience === undefined) return 'no-audience';
  // Whoever else it is meant for could send it here.
  if (list.length > 1) return 'several-audiences';
  return typeof audience === 'string' && audiences.has(audience) ? undefined : 'audience';
};

/** NumericDate: seconds since the epoch. */
const readTime = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value * 1000 : undefined;

const checkTimes = (
  claims: Claims,
  { clockSkewMs, maxAgeMs }: Rules,
  now: number,
): InvocationTokenReason | undefined => {
  const expires = readTime(claims.exp);
  if (expires === undefined) return 'no-expiry';
  if (expires <= now - clockSkewMs) return 'expired';
  if (claims.nbf !== undefined) {
    const begins = readTime(claims.nbf);
    if (begins === undefined || begins > now + clockSkewMs) return 'not-yet-valid';
  }
  const issued = readTime(claims.iat);
  if (issued === undefined) return 'no-issue-time';
  if (issued > now + clockSkewMs) return 'issued-in-future';
  return issued < now - clockSkewMs - maxAgeMs ? 'too-old' : undefined;
};
