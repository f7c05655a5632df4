import {
  type Clock,
  discardBody,
  ensureOk,
  factsOf,
  NetworkError,
  type Random,
  sleep,
  TimeoutError,
  TributaryError,
} from '@tributary/pipeline';
import type { Route } from '@tributary/route';
import { idleTimer } from '../answers/idle-timer.js';
import type { PassedOptions, RequestsConfluence } from '../answers/requests-confluence.js';
import { withHeaders } from '../answers/with-headers.js';
import { wireError } from '../terminal/wire-error.js';
import { AttachmentChangedError } from './attachment-changed-error.js';
import { bodyReader } from './body-reader.js';
import { endStream, handOut } from './hand-out.js';
import type { Progress } from './progress.js';
import {
  canResume,
  ifRange,
  isSame,
  type Representation,
  readContentRange,
  readRepresentation,
} from './representation.js';

export interface DownloadSource {
  readonly api: RequestsConfluence;
  readonly path: Route;
  readonly request: PassedOptions | undefined;
  readonly outer: AbortSignal | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly idleTimeout: number;
  readonly resumes: number;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

/** One connection that bytes come from. */
export interface OpenDownload {
  readonly representation: Representation;
  readonly mediaType: string | undefined;
  /** Where in the attachment its first byte stands. */
  readonly start: number;
  /** The next bytes, good until the next read; undefined at the end. */
  read(): Promise<Uint8Array | undefined>;
  close(): void;
}

const changed = (template: string): AttachmentChangedError =>
  new AttachmentChangedError(
    'The attachment is another one than when the download began, so that the rest does not fit.',
    { template },
  );

const CHANGED: ReadonlySet<number> = new Set([412, 416]);

const readerOf = (
  source: DownloadSource,
  response: Response,
  connection: AbortController,
): Pick<OpenDownload, 'read' | 'close'> => {
  const { clock, idleTimeout, outer } = source;
  const { template } = source.path;
  const attempts = factsOf(response)?.attempts ?? 1;
  const reader = bodyReader(response.body);
  const idle = idleTimer(clock, idleTimeout, () => {
    const message = `No byte of the attachment came for ${idleTimeout} ms.`;
    connection.abort(new TimeoutError(message, { attempts, template, sent: 'yes' }));
  });
  return {
    async read() {
      // Only while somebody waits for it: whoever reads slowly is no silent server.
      idle.touch();
      try {
        return await reader.read();
      } catch (error) {
        if (outer?.aborted) throw outer.reason;
        if (connection.signal.aborted) throw connection.signal.reason;
        throw wireError(error, { template, attempts, signal: outer });
      } finally {
        idle.pause();
      }
    },
    close() {
      idle.pause();
      connection.abort();
      reader.cancel();
    },
  };
};

/**
 * Asks for the attachment, or for what is left of it.
 * @throws ResponseError for an error status; AttachmentChangedError when the rest doesn't fit
 */
export const openDownload = async (
  source: DownloadSource,
  rest?: { readonly offset: number; readonly of: Representation },
): Promise<OpenDownload> => {
  const { api, path, request, outer } = source;
  const { template } = path;
  const connection = new AbortController();
  const signal = outer ? AbortSignal.any([outer, connection.signal]) : connection.signal;
  const part = rest && { range: `bytes=${rest.offset}-`, ...ifRange(rest.of) };
  // Of what is compressed neither the size is known, nor can a part be asked for.
  const own = { accept: '*/*', 'accept-encoding': 'identity', ...part };
  const answer = await api.requestConfluence(path, {
    ...request,
    signal,
    headers: withHeaders(request?.headers, own),
  });
  if (rest && CHANGED.has(answer.status)) {
    discardBody(answer);
    throw changed(template);
  }
  const response = await ensureOk(answer);
  const representation = readRepresentation(response);
  const range = readContentRange(response.headers.get('content-range'));
  const start = response.status === 206 ? range?.start : 0;
  const { read, close } = readerOf(source, response, connection);
  if (rest && (start === undefined || start > rest.offset || !isSame(rest.of, representation))) {
    close();
    throw changed(template);
  }
  return {
    representation,
    mediaType: response.headers.get('content-type') ?? undefined,
    start: start ?? 0,
    read,
    close,
  };
};

const BASE_DELAY = 500;
const MAX_DELAY = 10_000;

/** The attachment from its first byte to its last, over as many connections as it takes. */
export const downloadStream = (
  source: DownloadSource,
  first: OpenDownload,
): ReadableStream<Uint8Array> => {
  const { clock, random, outer, resumes, onProgress, path } = source;
  const { representation } = first;
  const { size: total } = representation;
  const left = new AbortController();
  let connection: OpenDownload | undefined = first;
  /** Bytes handed out. */
  let offset = 0;
  /** Where the connection stands; behind `offset` after a Range that the server ignored. */
  let position = first.start;
  let failures = 0;

  const reopen = async (): Promise<OpenDownload> => {
    const delay = random() * Math.min(MAX_DELAY, BASE_DELAY * 2 ** failures);
    await sleep(clock, delay, outer ? AbortSignal.any([outer, left.signal]) : left.signal);
    const opened = await openDownload(source, { offset, of: representation });
    position = opened.start;
    return opened;
  };

  /** The next bytes that were not handed out yet; undefined at the end. */
  const next = async (): Promise<Uint8Array | undefined> => {
    connection ??= await reopen();
    for (;;) {
      const chunk = await connection.read();
      if (chunk === undefined) break;
      const known = offset - position;
      position += chunk.length;
      if (chunk.length > known) return known > 0 ? chunk.subarray(known) : chunk;
    }
    if (total !== undefined && position < total) {
      throw new NetworkError('The attachment ended before its last byte.', {
        attempts: 1,
        template: path.template,
        sent: 'yes',
      });
    }
    return undefined;
  };

  const isWorthwhile = (error: unknown): boolean =>
    error instanceof TributaryError &&
    error.retryable &&
    !(error instanceof AttachmentChangedError) &&
    canResume(representation) &&
    !outer?.aborted &&
    !left.signal.aborted;

  /** Read, but too much for the buffer of whoever asked. */
  let rest: Uint8Array | undefined;

  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      for (;;) {
        try {
          const chunk = rest ?? (await next());
          if (chunk === undefined) {
            connection?.close();
            endStream(controller);
            return;
          }
          failures = 0;
          const size = handOut(controller, chunk);
          offset += size;
          rest = size < chunk.length ? chunk.subarray(size) : undefined;
          onProgress?.({ transferred: offset, total });
          return;
        } catch (error) {
          connection?.close();
          connection = undefined;
          failures += 1;
          if (failures > resumes || !isWorthwhile(error)) throw error;
        }
      }
    },
    cancel() {
      left.abort();
      connection?.close();
    },
  });
};
