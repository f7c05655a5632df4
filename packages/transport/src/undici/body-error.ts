import { NetworkError, TributaryError } from '@tributary/pipeline';
import { copyOfRoot } from '../terminal/wire-error.js';
import type { ExchangeContext } from '../terminal/wire-request.js';

const WHAT_TO_DO: Readonly<Record<string, string>> = {
  UND_ERR_BODY_TIMEOUT:
    'the server went silent before the end of the body; give the terminal a longer `bodyTimeout`, or ask again',
  UND_ERR_RES_EXCEEDED_MAX_SIZE:
    'the body is longer than its Content-Length; ask the site’s administrator',
};

const CUT = 'the connection was cut before the end of the body; ask again';
const UNDECODABLE =
  'the body is not what its Content-Encoding says; look at the proxies on the way';

/** zlib's, brotli's and zstd's codes. */
const isDecoding = (code: string | undefined): boolean =>
  code !== undefined && /^(?:Z_|ERR_BROTLI|ERR__ERROR|ZSTD_|ERR_ZSTD)/.test(code);

/** What reading an answer's body rejects with when it breaks off; fetch says `terminated`. */
export const bodyError = (error: unknown, context: ExchangeContext): unknown => {
  if (error instanceof TributaryError) return error;
  const { cause, code } = copyOfRoot(error);
  const advice = isDecoding(code) ? UNDECODABLE : (WHAT_TO_DO[code ?? ''] ?? CUT);
  return new NetworkError(`The answer broke off (${code ?? 'no code'}): ${advice}.`, {
    ...context,
    sent: 'yes',
    retryable: !isDecoding(code),
    ...(cause && { cause }),
  });
};
