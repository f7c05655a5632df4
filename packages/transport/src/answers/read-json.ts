import { ensureOk, factsOf, InvalidResponseError } from '@tributary/pipeline';
import { wireError } from '../terminal/wire-error.js';

export type Json = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (text: string, template: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the answer.
    throw new InvalidResponseError('The answer is no JSON; look whether a proxy answered.', {
      template,
    });
  }
};

/**
 * A successful answer's JSON.
 * @throws ResponseError for an error status; InvalidResponseError where it is no JSON; NetworkError when
 *   its body is cut off
 */
export const readJson = async (
  answer: Promise<Response>,
  template: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly response: Response; readonly body: unknown }> => {
  const response = await ensureOk(answer);
  const attempts = factsOf(response)?.attempts ?? 1;
  const text = await response.text().catch((error: unknown) => {
    throw wireError(error, { template, attempts, signal });
  });
  return { response, body: parse(text, template) };
};
