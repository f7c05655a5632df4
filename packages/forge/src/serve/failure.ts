import { inspect } from 'node:util';
import { ConfigError, TributaryError } from '@tributary/pipeline';

const codeOf = (error: unknown): string | undefined =>
  error instanceof TributaryError ? error.code : undefined;

/** One line of what was thrown, for the page; the log has all of it. */
export const describeFailure = (error: unknown): string => {
  if (!(error instanceof Error)) return inspect(error, { depth: 2 });
  const code = codeOf(error);
  return `${error.name}: ${error.message}${code === undefined ? '' : ` (${code})`}`;
};

/** What was sent is wrong, or the app failed. */
export const failureStatus = (error: unknown, fields: readonly string[]): number =>
  error instanceof ConfigError && fields.includes(error.field) ? 400 : 500;

/** RFC 9457. */
export const problem = (error: unknown, status: number): Response => {
  const { name = 'Error', message = String(error) } = error instanceof Error ? error : {};
  const code = codeOf(error);
  return Response.json(
    { title: name, status, detail: message, ...(code !== undefined && { code }) },
    {
      status,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    },
  );
};
