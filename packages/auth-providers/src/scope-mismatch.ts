import type { Clock } from '@tributary/pipeline';
import { type PeekedText, peekText } from './peek-text.js';

/** Seen with underscores, and other categories with spaces. */
const SCOPE_CATEGORY = /^FAILURE[_ ]CLIENT[_ ]SCOPE[_ ]CHECK$/i;

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;

/**
 * Whether a 401 is the gateway's "scope does not match": the token is good, so that neither a renewal
 * nor another consent to the same scopes helps. The caller can still read the body.
 */
export const isScopeMismatch = (response: Response, clock: Clock): boolean | Promise<boolean> => {
  if (SCOPE_CATEGORY.test(response.headers.get('x-failure-category') ?? '')) return true;
  if (!JSON_TYPE.test(response.headers.get('content-type') ?? '')) return false;
  if (response.body === null || response.bodyUsed) return false;
  return peekText(response, clock).then(saysScopeMismatch);
};

const saysScopeMismatch = ({ text, isWhole }: PeekedText): boolean => {
  if (!isWhole) return false;
  try {
    const body: unknown = JSON.parse(text);
    const isObject = typeof body === 'object' && body !== null;
    return isObject && 'message' in body && /scope does not match/i.test(String(body.message));
  } catch {
    return false;
  }
};
