import { type AuthenticatedCall, RequestError } from '@tributary/pipeline';
import { contentLengthOf } from '../content-length/content-length.js';

/** Latin-1 without control characters but the tab (RFC 9110, section 5.5). */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

const isMultipart = (call: AuthenticatedCall): boolean =>
  call.body instanceof FormData ||
  (call.headers['content-type']?.toLowerCase().startsWith('multipart/') ?? false);

/** Confluence refuses uploads, and Data Center every write, without it ("XSRF check failed"). */
const needsXsrfHeader = (call: AuthenticatedCall): boolean =>
  call.method !== 'GET' &&
  call.method !== 'HEAD' &&
  (call.site.deployment === 'data-center' || isMultipart(call));

/**
 * All headers of a call, in one plain record: the caller's win over the defaults, and the credential
 * wins over everything.
 * @throws RequestError for a value that can't be a header, since fetch's own error would show it.
 */
export const outgoingHeaders = (
  call: AuthenticatedCall,
  authorization: string | undefined,
  userAgent: string | undefined,
): Record<string, string> => {
  // Data Center answers in XML unless it is asked for JSON.
  const headers: Record<string, string> = { accept: 'application/json' };
  if (userAgent !== undefined) headers['user-agent'] = userAgent;
  Object.assign(headers, call.headers);
  // The boundary is fetch's, so that nobody else's content-type can be right.
  if (call.body instanceof FormData) delete headers['content-type'];
  if (needsXsrfHeader(call) && !Object.hasOwn(headers, 'x-atlassian-token')) {
    headers['x-atlassian-token'] = 'no-check';
  }
  const length = contentLengthOf(call);
  if (length !== undefined) headers['content-length'] = length;
  if (authorization !== undefined) headers.authorization = authorization;
  for (const name of Object.keys(headers)) {
    if (!FIELD_VALUE.test(headers[name] ?? '')) {
      throw new RequestError(
        `headers.${name}`,
        'holds a control character or one outside Latin-1, which no header may',
        call.template,
      );
    }
  }
  return headers;
};
