import type { Clock } from '@tributary/pipeline';

/** The gateway's message is shorter than 100 bytes. */
const MOST_BYTES = 4096;
/** A body that doesn't come is no reason to hang. */
const MOST_MS = 2000;

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
  return peek(response, clock).then(saysScopeMismatch);
};

const saysScopeMismatch = (text: string): boolean => {
  try {
    const body: unknown = JSON.parse(text);
    const isObject = typeof body === 'object' && body !== null;
    return isObject && 'message' in body && /scope does not match/i.test(String(body.message));
  } catch {
    return false;
  }
};

/** The body's text up to the limits, read from a copy; a longer body gives text that is no JSON. */
const peek = async (response: Response, clock: Clock): Promise<string> => {
  const reader = response.clone().body?.getReader();
  if (reader === undefined) return '';
  // A copy's cancel() settles only when the original is done with too: it must not be awaited.
  const stop = () => void reader.cancel().catch(() => {});
  const cancelTimer = clock.setTimer(stop, MOST_MS);
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      bytes += value.byteLength;
      if (bytes > MOST_BYTES) return '';
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    return '';
  } finally {
    cancelTimer();
    stop();
  }
};
