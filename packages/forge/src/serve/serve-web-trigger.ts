import { nodeRequest } from '@tributary/consent/node';
import type { RunningApp } from '../app/run-app.js';
import type { WebTriggerAnswer } from '../app/web-trigger-answer.js';
import { readText, tooLarge } from './bounded-text.js';

const grouped = (
  pairs: Iterable<readonly [string, string]>,
): Readonly<Record<string, readonly string[]>> => {
  const groups: Record<string, string[]> = Object.create(null);
  for (const [name, value] of pairs) groups[name] = [...(groups[name] ?? []), value];
  return { ...groups };
};

/** With their names as the caller wrote them, where Node received them. */
const headersOf = (request: Request): Readonly<Record<string, readonly string[]>> => {
  const raw = nodeRequest(request)?.rawHeaders;
  if (raw === undefined) return grouped(request.headers);
  const pairs = Array.from({ length: raw.length / 2 }, (_, at) => raw.slice(2 * at, 2 * at + 2));
  return grouped(pairs as [string, string][]);
};

/** What belongs to the connection, and is Node's to say. */
const OWN = /^(?:connection|content-length|keep-alive|te|trailer|transfer-encoding|upgrade)$/i;

/** These statuses have no body (RFC 9110, section 15). */
const EMPTY: readonly number[] = [204, 205, 304];

const toResponse = ({ statusCode, statusText, headers, body }: WebTriggerAnswer): Response => {
  const sent = new Headers();
  for (const [name, values] of Object.entries(headers)) {
    if (!OWN.test(name)) for (const value of values) sent.append(name, value);
  }
  return new Response(EMPTY.includes(statusCode) ? null : (body ?? ''), {
    status: statusCode,
    headers: sent,
    ...(statusText !== undefined && { statusText }),
  });
};

/**
 * Calls the function of a web trigger, and answers what it says.
 * @throws what the function throws; WebTriggerAnswerError for a result that is no answer
 */
export const serveWebTrigger = async (
  running: RunningApp,
  { key, userPath }: { readonly key: string; readonly userPath: string },
  request: Request,
): Promise<Response> => {
  const body = await readText(request);
  if (body === undefined) return tooLarge();
  const { pathname, searchParams } = new URL(request.url);
  const answer = await running.invokeWebTrigger(key, {
    method: request.method,
    headers: headersOf(request),
    body,
    path: pathname,
    userPath,
    queryParameters: grouped(searchParams),
  });
  return toResponse(answer);
};
