import { ConfigError } from '@tributary/pipeline';
import { VERSION } from '../version.js';
import { isBrowser } from './runtime.js';

const PRODUCT = `tributary/${VERSION}`;

/** Visible ASCII, blanks between. */
const PRINTABLE = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/**
 * Our User-Agent, the application's own product in front of it, since the most significant comes first
 * (RFC 9110, section 10.1.5); `undefined` in a browser.
 * @throws ConfigError when the extension can't stand in a header, or looks like a browser: Atlassian
 *   then answers "XSRF check failed", whatever else is sent.
 */
export const userAgentOf = (extension: string | undefined): string | undefined => {
  if (extension !== undefined) {
    if (!PRINTABLE.test(extension)) {
      throw new ConfigError('userAgent', 'must be visible ASCII, such as my-app/1.0');
    }
    if (/\bMozilla\//i.test(extension)) {
      throw new ConfigError(
        'userAgent',
        'must not look like a browser, or Atlassian answers "XSRF check failed"; use such as my-app/1.0',
      );
    }
  }
  if (isBrowser) return undefined;
  return extension === undefined ? PRODUCT : `${extension} ${PRODUCT}`;
};
