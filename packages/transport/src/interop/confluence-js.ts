import { ensureOk, InvalidResponseError, type RequestOptions } from '@tributary/pipeline';
import type { PassedOptions, RequestsConfluence } from '../answers/requests-confluence.js';
import { withHeaders } from '../answers/with-headers.js';
import { checkedRoute } from './checked-route.js';

/** What confluence.js asks of a schema; zod's are such. */
interface ResultSchema<T> {
  safeParse(value: unknown): { readonly success: boolean; readonly data?: T | undefined };
}

/** What confluence.js 3 gives to the `sendRequest` of its `Client`. */
export interface ConfluenceJsRequest<T> {
  readonly url: string;
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
  readonly searchParams?: Readonly<Record<string, unknown>> | undefined;
  readonly schema?: ResultSchema<T> | undefined;
}

/** The `Client` of confluence.js 3. */
export interface ConfluenceJsClient {
  sendRequest<T>(options: ConfluenceJsRequest<T>): Promise<T>;
}

const textOf = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value);

const queryOf = (parameters: Readonly<Record<string, unknown>>): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const item of [value].flat()) {
      if (item !== undefined && item !== null) query.append(name, textOf(item));
    }
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
};

const isEncoded = (body: unknown): boolean =>
  body instanceof FormData ||
  body instanceof URLSearchParams ||
  body instanceof Blob ||
  body instanceof ReadableStream ||
  body instanceof ArrayBuffer ||
  ArrayBuffer.isView(body);

const bodyOf = ({ body }: ConfluenceJsRequest<unknown>): RequestOptions => {
  if (body === undefined || body === null) return {};
  // A lone string too is JSON there.
  if (!isEncoded(body)) return { body: JSON.stringify(body) };
  return { body: body as NonNullable<RequestOptions['body']> };
};

const mediaTypeOf = ({ body }: ConfluenceJsRequest<unknown>): Record<string, string> =>
  body === undefined || body === null || isEncoded(body)
    ? {}
    : { 'content-type': 'application/json' };

/** Downloads are marked by a schema that takes bytes and nothing else; loose ones take any object. */
const takesBytes = (schema: ResultSchema<unknown> | undefined): boolean =>
  schema?.safeParse(new Uint8Array(0)).success === true && !schema.safeParse({}).success;

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text === '' ? undefined : text;
  }
};

/**
 * The `Client` of confluence.js 3 over the chain, for its typed functions: `createV2Client(…)` of it, or
 * `getPages(client, …)`. Ids that its functions put into paths are checked as everywhere here; error
 * statuses are ResponseErrors instead of its ApiErrors.
 */
export const confluenceJsClient = (
  api: RequestsConfluence,
  passed: PassedOptions = {},
): ConfluenceJsClient => ({
  async sendRequest<T>(options: ConfluenceJsRequest<T>): Promise<T> {
    const { url, method = 'GET', searchParams = {}, headers, schema } = options;
    const path = checkedRoute((url.startsWith('/') ? url : `/${url}`) + queryOf(searchParams));
    const response = await ensureOk(
      api.requestConfluence(path, {
        ...passed,
        method,
        headers: withHeaders(passed.headers, withHeaders(mediaTypeOf(options), headers)),
        ...bodyOf(options),
      }),
    );
    if (response.status === 204) return undefined as T;
    const isBytes = takesBytes(schema);
    const found = isBytes
      ? new Uint8Array(await response.arrayBuffer())
      : jsonOf(await response.text());
    const parsed = found === undefined ? undefined : schema?.safeParse(found);
    if (parsed?.success === false) {
      throw new InvalidResponseError('The answer does not fit the schema of confluence.js.', {
        template: path.template,
      });
    }
    return (parsed ? parsed.data : found) as T;
  },
});
