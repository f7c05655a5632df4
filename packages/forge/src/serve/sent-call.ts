import { timingSafeEqual } from 'node:crypto';
import { ConfigError } from '@tributary/pipeline';
import { readText, tooLarge } from './bounded-text.js';
import { plainText } from './plain-text.js';

/** What the page's forms, and programs in JSON, send. */
export interface SentCall {
  /** By a form of the page: the answer is a page too. */
  readonly isForm: boolean;
  /** A text of a field; undefined where it is missing or empty. */
  text(field: string): string | undefined;
  /** A field's value: JSON in a form. @throws ConfigError for what is no JSON */
  json(field: string): unknown;
}

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

const isSame = (a: string, b: string): boolean => {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
};

/**
 * Reads what was sent, if it was by the page itself or by a program. Another site's page can send a form
 * without being asked, but not with our token, and no JSON (Fetch, "CORS-safelisted request-header").
 */
export const readSent = async (
  request: Request,
  origin: string,
  token: string,
): Promise<SentCall | Response> => {
  const from = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  // A page without referrer sends `Origin: null`; then the token decides.
  const isForeign =
    (from !== null && from !== 'null' && from !== origin) ||
    (site !== null && site !== 'same-origin' && site !== 'none');
  if (isForeign) return plainText(403, "Another site's page may not send this.");
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== FORM && type !== JSON_TYPE) {
    return plainText(415, `Send a form of the page, or ${JSON_TYPE}.`);
  }
  const text = await readText(request);
  if (text === undefined) return tooLarge();
  return type === FORM ? readForm(text, token) : readJson(text);
};

const readForm = (text: string, token: string): SentCall | Response => {
  const form = new URLSearchParams(text);
  if (!isSame(form.get('token') ?? '', token)) {
    return plainText(403, 'This form is not of the page as it is now; open the page again.');
  }
  return {
    isForm: true,
    text: (field) => form.get(field)?.trim() || undefined,
    json(field) {
      const value = form.get(field)?.trim() ?? '';
      return value === '' ? undefined : parse(field, value);
    },
  };
};

const readJson = (text: string): SentCall | Response => {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return plainText(400, 'The body is no JSON.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return plainText(400, 'The body must be a JSON object.');
  }
  const fields = new Map<string, unknown>(Object.entries(body));
  return {
    isForm: false,
    text(field) {
      const value = fields.get(field);
      return typeof value === 'string' && value !== '' ? value : undefined;
    },
    json: (field) => fields.get(field),
  };
};

const parse = (field: string, value: string): unknown => {
  try {
    return JSON.parse(value);
  } catch (error) {
    throw new ConfigError(field, `is no JSON: ${(error as Error).message}`);
  }
};
