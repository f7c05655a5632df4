import type { Duplex } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';

/** What a decoder tells of, and asks of the connection. */
export interface DecoderEvents {
  push(chunk: Uint8Array): void;
  end(): void;
  fail(error: unknown): void;
  pause(): void;
  resume(): void;
}

export interface ContentDecoder {
  write(chunk: Uint8Array): void;
  end(): void;
  pause(): void;
  resume(): void;
  destroy(): void;
}

// As fetch and curl do it: what has arrived can be read at once, and an end that is missing is forgiven.
const FLUSHING = {
  flush: constants.Z_SYNC_FLUSH,
  finishFlush: constants.Z_SYNC_FLUSH,
} as const;

/** RFC 9112, section 7.2, and RFC 9659, section 3 (window of zstd). */
const DECODERS: Readonly<Record<string, (first: number) => Duplex>> = {
  gzip: () => createGunzip(FLUSHING),
  // Some servers leave out the zlib header, whose first byte names method 8.
  deflate: (first) => ((first & 0x0f) === 8 ? createInflate(FLUSHING) : createInflateRaw(FLUSHING)),
  br: () =>
    createBrotliDecompress({
      flush: constants.BROTLI_OPERATION_FLUSH,
      finishFlush: constants.BROTLI_OPERATION_FLUSH,
    }),
  zstd: () =>
    createZstdDecompress({
      flush: constants.ZSTD_e_continue,
      finishFlush: constants.ZSTD_e_end,
      params: { [constants.ZSTD_d_windowLogMax]: 23 },
    }),
};

/** More codings on one answer are an attack. */
const MAX_CODINGS = 5;

const codingsOf = (encoding: string | readonly string[]): readonly string[] =>
  String(encoding)
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim().replace(/^x-gzip$/, 'gzip'));

/**
 * Undoes Content-Encoding; `undefined` where there is nothing to undo, or a coding that fetch doesn't
 * know either: the body is then handed on as it is.
 */
export const decodeContent = (
  encoding: string | readonly string[],
  events: DecoderEvents,
): ContentDecoder | undefined => {
  const codings = codingsOf(encoding);
  if (!codings.every((coding) => Object.hasOwn(DECODERS, coding))) return undefined;
  if (codings.length > MAX_CODINGS) {
    queueMicrotask(() => events.fail(new Error('too many content codings')));
  }
  let first: Duplex | undefined;
  let last: Duplex | undefined;
  let isPaused = false;

  // Built with the first byte: an empty body is no stream of any coding.
  const build = (byte: number): Duplex => {
    for (const coding of codings.toReversed()) {
      const decoder = (DECODERS[coding] as (first: number) => Duplex)(byte);
      decoder.on('error', events.fail);
      if (last === undefined) first = decoder;
      else last.pipe(decoder);
      last = decoder;
    }
    first?.on('drain', events.resume);
    last?.on('data', events.push).on('end', events.end);
    if (isPaused) last?.pause();
    return first as Duplex;
  };

  return {
    write(chunk) {
      if (!(first ?? build(chunk[0] ?? 0)).write(chunk)) events.pause();
    },
    end() {
      if (first === undefined) events.end();
      else first.end();
    },
    pause() {
      isPaused = true;
      last?.pause();
    },
    resume() {
      isPaused = false;
      last?.resume();
      if (first === undefined || !first.writableNeedDrain) events.resume();
    },
    destroy() {
      first?.destroy();
      last?.destroy();
    },
  };
};
