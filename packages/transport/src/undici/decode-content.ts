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

/** Where a decoder's output goes. */
interface Sink {
  /** Answers whether it can take more at once. */
  write(chunk: Uint8Array): boolean;
  end(): void;
}

/** Undoes one coding. Built with the first byte: an empty body is no stream of any coding. */
class Stage implements Sink {
  readonly #coding: string;
  readonly #sink: Sink;
  readonly #events: DecoderEvents;
  readonly #onDrain: () => void;
  #isPaused = false;
  decoder: Duplex | undefined;

  constructor(coding: string, sink: Sink, events: DecoderEvents, onDrain: () => void) {
    this.#coding = coding;
    this.#sink = sink;
    this.#events = events;
    this.#onDrain = onDrain;
  }

  write(chunk: Uint8Array): boolean {
    this.decoder ??= this.#build(chunk[0] ?? 0);
    return this.decoder.write(chunk);
  }

  end(): void {
    if (this.decoder === undefined) this.#sink.end();
    else this.decoder.end();
  }

  pause(): void {
    this.#isPaused = true;
    this.decoder?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.decoder?.resume();
  }

  #build(byte: number): Duplex {
    const decoder = (DECODERS[this.#coding] as (first: number) => Duplex)(byte);
    decoder
      .on('data', (chunk: Uint8Array) => {
        if (!this.#sink.write(chunk)) this.pause();
      })
      .on('end', () => this.#sink.end())
      .on('drain', this.#onDrain)
      .on('error', this.#events.fail);
    if (this.#isPaused) decoder.pause();
    return decoder;
  }
}

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
  const stages: Stage[] = [];
  let sink: Sink = {
    write(chunk) {
      events.push(chunk);
      return true;
    },
    end: events.end,
  };
  // The first coding was applied first, so that it is undone last.
  for (const coding of codings) {
    const stage = new Stage(coding, sink, events, () => {
      const before = stages[stages.indexOf(stage) + 1];
      if (before === undefined) events.resume();
      else before.resume();
    });
    stages.push(stage);
    sink = stage;
  }
  const [last] = stages;
  const first = stages.at(-1);

  return {
    write(chunk) {
      if (!sink.write(chunk)) events.pause();
    },
    end: () => sink.end(),
    pause: () => last?.pause(),
    resume() {
      last?.resume();
      if (!first?.decoder?.writableNeedDrain) events.resume();
    },
    destroy() {
      for (const { decoder } of stages) decoder?.destroy();
    },
  };
};
