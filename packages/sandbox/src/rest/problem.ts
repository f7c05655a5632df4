import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

const codes = {
  400: 'INVALID_REQUEST_PARAMETER',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  410: 'GONE',
  413: 'REQUEST_TOO_LARGE',
  500: 'INTERNAL_SERVER_ERROR',
} as const;

type Status = keyof typeof codes & ContentfulStatusCode;

/** An answer other than the one asked for, before it takes the shape of an API family. */
export class Problem extends Error {
  constructor(
    readonly status: Status,
    readonly title: string,
    readonly detail: string | null = null,
  ) {
    super(title);
  }
}

// The stack goes along: whoever sees this should report it.
const asProblem = (error: Error): Problem =>
  error instanceof Problem
    ? error
    : new Problem(500, 'This is a bug of the sandbox', error.stack ?? error.message);

/** v2: `{errors: [{status, code, title, detail}]}`. */
export function answerV2(error: Error, c: Context): Response {
  const { status, title, detail } = asProblem(error);
  return c.json({ errors: [{ status, code: codes[status], title, detail }] }, status);
}

/** v1: `{statusCode, data: {authorized, valid, errors, successful}, message}`. */
export function answerV1(error: Error, c: Context): Response {
  const { status, title } = asProblem(error);
  const data = {
    authorized: status !== 401 && status !== 403,
    valid: status !== 400,
    errors: status === 400 ? [{ message: { translation: title, args: [] } }] : [],
    successful: false,
  };
  return c.json(
    { statusCode: status, data, message: `${exceptionName(status)}: ${title}` },
    status,
  );
}

// v1 messages begin with the class that was thrown.
function exceptionName(status: Status): string {
  const name = {
    400: 'BadRequestException',
    401: 'UnauthorizedException',
    403: 'PermissionException',
    404: 'NotFoundException',
    409: 'ConflictException',
    410: 'GoneException',
    413: 'RequestTooLargeException',
    500: 'ServiceException',
  }[status];
  return `com.atlassian.confluence.api.service.exceptions.${name}`;
}
