import type { Context } from 'hono';
import type { Viewer } from '../store/access.js';
import type { RestEnv } from './env.js';
import { Problem } from './problem.js';

const largestBody = 5 * 1024 * 1024;

export type Json = Readonly<Record<string, unknown>>;

export const viewerOf = (c: Context<RestEnv>): Viewer => ({
  accountId: c.env.identity.person?.accountId,
});

/** The account that acts; 401 for nobody in particular. */
export function accountOf(c: Context<RestEnv>): string {
  const { person } = c.env.identity;
  if (person === undefined)
    throw new Problem(401, 'Client must be authenticated to access this resource.');
  return person.accountId;
}

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The body as JSON, whatever its shape; 400 for anything else. */
export async function readJson(c: Context<RestEnv>): Promise<unknown> {
  const text = await readText(c);
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, 'Request body is not valid JSON');
  }
}

// Counted while it arrives: a chunked body tells no length.
async function readText(c: Context<RestEnv>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length;
    if (size > largestBody) throw new Problem(413, 'Request body is larger than 5 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

export async function readRecord(c: Context<RestEnv>): Promise<Json> {
  const body = await readJson(c);
  if (!isRecord(body)) throw new Problem(400, 'Request body must be a JSON object');
  return body;
}

/** An id from a path, a query or a body: digits, as a number or a string. */
export function parseId(value: unknown, name: string): number {
  const text = typeof value === 'number' ? String(value) : value;
  const id = typeof text === 'string' && /^[1-9]\d{0,18}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(id)) {
    throw new Problem(
      400,
      `Provided value for '${name}' is not the correct type. Expected type is long`,
    );
  }
  // Ids are 64 bit; those a double can't hold are none of ours.
  if (!Number.isSafeInteger(id)) throw new Problem(404, 'Not Found');
  return id;
}

/** Ids of a query parameter, given once with commas or several times; undefined when absent. */
export function parseIds(c: Context<RestEnv>, name: string): number[] | undefined {
  return parseList(c, name)?.map((value) => parseId(value, name));
}

export function parseList(c: Context<RestEnv>, name: string): string[] | undefined {
  const values = c.req.queries(name);
  if (values === undefined) return undefined;
  const list = values.flatMap((value) => value.split(',')).filter((value) => value !== '');
  if (list.length > 250)
    throw new Problem(400, `Too many values for '${name}'. The maximum is 250`);
  return list;
}

export function requireText(record: Json, name: string, longest: number): string {
  const value = record[name];
  if (typeof value !== 'string' || value.trim() === '')
    throw new Problem(400, `'${name}' is required`);
  if (value.length > longest)
    throw new Problem(400, `'${name}' is longer than ${longest} characters`);
  return value;
}

/** The storage-format body of a page or a comment, in either of the two shapes v2 takes. */
export function requireStorage(record: Json): string {
  const { body } = record;
  const storage = isRecord(body) && isRecord(body.storage) ? body.storage : body;
  if (!isRecord(storage) || typeof storage.value !== 'string') {
    throw new Problem(400, `'body' must have a representation and a value`);
  }
  const { representation } = storage;
  if (representation !== undefined && representation !== 'storage') {
    throw new Problem(400, 'The sandbox knows the body representation storage only');
  }
  return storage.value;
}
