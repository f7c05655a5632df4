import { ReadableStream as WebStream } from 'node:stream/web';
import { type BodyInput, headerRefusal, type RequestOptions, type Site } from '@tributary/pipeline';
import type { ForgeProvider, ForgeRequestInit } from './forge-fetch.js';

type Warn = (message: string) => void;

/** Which the platform sets itself, whatever an app says: what the chain refuses, and Forge's own. */
const isOurs = (name: string, provider: ForgeProvider): boolean =>
  headerRefusal(name, { kind: provider }) !== undefined || name.startsWith('forge-proxy-');

const isIterable = (value: object): value is Iterable<unknown> => Symbol.iterator in value;

/** As fetch reads them: of a list and of a Headers the pairs, else own fields, values as text. */
const readHeaders = (
  input: ForgeRequestInit['headers'],
  provider: ForgeProvider,
  warn: Warn,
): [string, string][] => {
  if (input === undefined || input === null) return [];
  const entries = isIterable(input)
    ? ([...input] as unknown as [string, unknown][])
    : Object.entries(input);
  return entries
    .map(([name, value]): [string, string] => [name, String(value)])
    .filter(([name]) => {
      const isDropped = isOurs(name.toLowerCase(), provider);
      if (isDropped) warn(`The header ${name.toLowerCase()} was left out: the platform sets it.`);
      return !isDropped;
    });
};

const isAsyncIterable = (value: object): value is AsyncIterable<Uint8Array> =>
  Symbol.asyncIterator in value;

/** What fetch takes as it is; a Node stream by its chunks, and anything else by its text, as fetch does. */
const readBody = (body: unknown, warn: Warn): BodyInput | undefined => {
  if (body === undefined || body === null) return undefined;
  if (
    typeof body === 'string' ||
    body instanceof URLSearchParams ||
    body instanceof FormData ||
    body instanceof Blob ||
    body instanceof ArrayBuffer ||
    body instanceof ReadableStream ||
    ArrayBuffer.isView(body)
  ) {
    return body as BodyInput;
  }
  if (typeof body === 'object' && isAsyncIterable(body)) return WebStream.from(body) as BodyInput;
  warn(
    `A body was ${typeof body === 'object' ? 'an object' : `a ${typeof body}`}, which is sent as its text, as fetch does; give objects as JSON.stringify(…).`,
  );
  return String(body);
};

/** An object or a list. */
const isJson = (text: string): boolean => {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/**
 * What JSON is sent as where the app doesn't say: fetch would call it plain text, which the products refuse.
 * Forge: "Product fetch API", options, whose default is this type.
 */
const jsonType = (
  body: unknown,
  headers: readonly [string, string][],
  warn: Warn,
): string | undefined => {
  if (headers.some(([name]) => name.toLowerCase() === 'content-type')) return undefined;
  if (typeof body !== 'string' || !isJson(body)) return undefined;
  warn(
    "A body of JSON had no content type and is sent as JSON, as Forge does; say so: headers: { 'Content-Type': 'application/json' }.",
  );
  return 'application/json';
};

export interface ReadInitOptions {
  /** Who the call acts as: as nobody, it may bring its own Authorization. */
  readonly provider: ForgeProvider;
  /** Of the site that it goes to. */
  readonly deployment: Site['deployment'] | undefined;
  readonly warn: Warn;
}

/**
 * What of fetch's `init` an app's request says, in the way fetch reads it; fields that fetch doesn't know
 * are not looked at.
 * @throws TypeError as fetch, for a body that a GET can't have
 */
export const readInit = (
  init: ForgeRequestInit | undefined,
  { provider, deployment, warn }: ReadInitOptions,
): RequestOptions => {
  const { method = 'GET', redirect, signal } = init ?? {};
  const headers = readHeaders(init?.headers, provider, warn);
  const saysAccept = headers.some(([name]) => name.toLowerCase() === 'accept');
  // As the platform's fetch; but Data Center would answer in XML.
  if (!saysAccept && deployment !== 'data-center') headers.push(['accept', '*/*']);
  const body = readBody(init?.body, warn);
  if (body !== undefined && /^(?:get|head)$/i.test(method)) {
    throw new TypeError('Request with GET/HEAD method cannot have body.');
  }
  const type = jsonType(body, headers, warn);
  if (type !== undefined) headers.push(['content-type', type]);
  return {
    method,
    headers,
    ...(body !== undefined && { body }),
    ...(redirect !== undefined && { redirect }),
    ...(signal && { signal }),
  };
};
