import type { Dispatcher } from 'undici';
import type { Ending } from '../terminal/ending.js';
import { ChunkQueue } from './chunk-queue.js';
import type { ContentDecoder } from './decode-content.js';
import { decodeContent } from './decode-content.js';

type Controller = Dispatcher.DispatchController;

/** What came before the body. Values of repeated fields are lists. */
export interface Head {
  readonly status: number;
  readonly statusText: string;
  /** Lower-case names. */
  readonly fields: Readonly<Record<string, string | string[] | undefined>>;
}

/** Whom a reception tells of what comes. */
export interface Receiver {
  readonly method: string;
  readonly ending: Ending;
  /** Whether the dispatcher keeps no chunk that it has handed over. */
  readonly ownsChunks: boolean;
  /** Called once, with the head or with what went wrong before it. */
  onHead(head: Head, reception: Reception): void;
  onFailure(error: unknown): void;
  /** What reading the body rejects with, made of what undici says. */
  bodyError(error: unknown): unknown;
}

interface Waiting {
  /** How much is waited for: the next chunk, or all of them. */
  readonly forAll: boolean;
  readonly resolve: (chunks: readonly Uint8Array[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Received and not yet asked for: then the server has to wait. */
const MAX_AHEAD = 64 * 1024;

/** A discarded body of which no more than this is left is read to its end, to keep the connection. */
const MAX_DRAIN = 16 * 1024;

/** Statuses whose answer has no body, whatever the server sends (fetch, "null body status"). */
const BODILESS: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

/** Closes the connection of a body that nobody can read any more, and that is too long to wait in memory. */
const abandoned = new FinalizationRegistry<Reception>((reception) => reception.cancel());

/**
 * One answer as undici hands it over: a dispatch handler that keeps the chunks until somebody asks,
 * and lets the server wait when nobody does.
 */
export class Reception implements Dispatcher.DispatchHandler {
  readonly #receiver: Receiver;
  #controller: Controller | undefined;
  #decoder: ContentDecoder | undefined;
  #phase: 'head' | 'body' | 'ended' | 'failed' = 'head';
  #error: unknown;
  readonly #queue: ChunkQueue;
  /** Of the body as it is on the wire; NaN where the server didn't say. */
  #bytesLeft = Number.NaN;
  #isDiscarded = false;
  #waiting: Waiting | undefined;
  #reader: WeakRef<object> | undefined;
  /** Whether the answer has a body, be it empty. */
  hasBody = true;

  constructor(receiver: Receiver) {
    this.#receiver = receiver;
    this.#queue = new ChunkQueue(receiver.ownsChunks);
    const { ending } = receiver;
    ending.underWay = this;
    ending.caller?.addEventListener('abort', this);
  }

  /** The caller's signal fired. */
  handleEvent(): void {
    this.abort(this.#receiver.ending.caller?.reason);
  }

  /** Ends the request, wherever it is, and fails whoever waits with `reason` as it is. */
  abort(reason: unknown): void {
    if (this.#phase === 'ended' || this.#phase === 'failed') return;
    this.#fail(reason, reason);
    // undici takes an Error only.
    this.#controller?.abort(reason instanceof Error ? reason : new Error('aborted'));
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    // Aborted while it waited for a connection.
    if (this.#phase === 'failed') controller.abort(new Error('aborted'));
  }

  onResponseStart(
    controller: Controller,
    status: number,
    fields: Head['fields'],
    statusText = '',
  ): void {
    if (status < 200 || this.#phase !== 'head') return;
    this.#phase = 'body';
    this.hasBody = !BODILESS.has(status) && this.#receiver.method !== 'HEAD';
    if (this.hasBody) {
      this.#bytesLeft = Number(fields['content-length'] ?? Number.NaN);
      const encoding = fields['content-encoding'];
      if (encoding !== undefined) {
        this.#decoder = this.#decode(controller, encoding);
        // What a decoder hands over it may write into again.
        this.#queue.isOwner = false;
      }
    }
    this.#receiver.onHead({ status, statusText, fields }, this);
  }

  onResponseData(controller: Controller, chunk: Uint8Array): void {
    if (this.#phase !== 'body' || this.#isDiscarded) return;
    // A body that must not be: nobody can read it, so that nobody waits for its end.
    if (!this.hasBody) controller.abort(new Error('unexpected body'));
    else if (this.#decoder !== undefined) this.#decoder.write(chunk);
    else this.#push(chunk);
    this.#bytesLeft -= chunk.byteLength;
  }

  onResponseEnd(): void {
    if (this.#decoder !== undefined && this.#phase === 'body') this.#decoder.end();
    else this.#end();
  }

  onResponseError(_controller: Controller | null, error: unknown): void {
    if (this.#phase === 'ended' || this.#phase === 'failed') return;
    if (this.#phase === 'body' && !this.hasBody) this.#end();
    else this.#fail(error, this.#phase === 'body' ? this.#receiver.bodyError(error) : error);
  }

  /** All that is left of the body, or what ended it. */
  readAll(): Promise<readonly Uint8Array[]> {
    if (this.#phase === 'body') return this.#wait(true);
    return this.#phase === 'failed'
      ? Promise.reject(this.#error)
      : Promise.resolve(this.#queue.takeAll());
  }

  /** Resolves when `take` finds something, or the end. Rejects with what broke the body off. */
  async ready(): Promise<void> {
    if (this.#queue.size === 0 && this.#phase === 'body') await this.#wait(false);
    if (this.#phase === 'failed') throw this.#error;
  }

  /** What `from` takes out of the queue; the server goes on when there is room. */
  take<T>(from: (queue: ChunkQueue) => T): T {
    const taken = from(this.#queue);
    if (this.#phase === 'body' && this.#queue.size < MAX_AHEAD / 2) this.#resume();
    return taken;
  }

  /** Nobody will read the body. */
  cancel(): void {
    if (this.#phase !== 'body') return;
    this.#queue.clear();
    this.#isDiscarded = true;
    if (this.#bytesLeft <= MAX_DRAIN) this.#resume();
    else this.abort(new Error('The body was cancelled.'));
  }

  /**
   * Only through `reader` can the body be read: where it goes uncollected, and the rest of the body is
   * too long to be kept, the connection closes.
   */
  ownedBy(reader: object): void {
    const isShort = this.#bytesLeft + this.#queue.size <= MAX_AHEAD && this.#decoder === undefined;
    if (this.#phase === 'body' && !isShort) this.#reader = new WeakRef(reader);
  }

  #decode(controller: Controller, encoding: string | string[]): ContentDecoder | undefined {
    return decodeContent(encoding, {
      push: (chunk) => this.#push(chunk),
      end: () => this.#end(),
      fail: (error) => {
        this.onResponseError(controller, error);
        controller.abort(new Error('undecodable'));
      },
      pause: () => controller.pause(),
      resume: () => controller.resume(),
    });
  }

  #push(chunk: Uint8Array): void {
    // A stream waits for ever for what comes after an empty chunk.
    if (this.#phase !== 'body' || this.#isDiscarded || chunk.byteLength === 0) return;
    this.#queue.push(chunk);
    if (this.#waiting !== undefined) {
      if (!this.#waiting.forAll) this.#wake();
    } else if (this.#queue.size >= MAX_AHEAD) this.#pause();
  }

  #pause(): void {
    (this.#decoder ?? this.#controller)?.pause();
    const reader = this.#reader?.deref();
    if (reader !== undefined) {
      abandoned.register(reader, this);
      this.#reader = undefined;
    }
  }

  #resume(): void {
    (this.#decoder ?? this.#controller)?.resume();
  }

  #wait(forAll: boolean): Promise<readonly Uint8Array[]> {
    return new Promise((resolve, reject) => {
      this.#waiting = { forAll, resolve, reject };
      this.#resume();
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(waiting.forAll ? this.#queue.takeAll() : []);
  }

  #end(): void {
    if (this.#phase !== 'body') return;
    this.#phase = 'ended';
    this.#release();
    this.#wake();
  }

  #fail(error: unknown, shown: unknown): void {
    const wasHead = this.#phase === 'head';
    this.#phase = 'failed';
    this.#error = shown;
    this.#queue.clear();
    this.#release();
    this.#decoder?.destroy();
    if (wasHead) this.#receiver.onFailure(error);
    const { reject } = this.#waiting ?? {};
    this.#waiting = undefined;
    reject?.(shown);
  }

  #release(): void {
    this.#receiver.ending.caller?.removeEventListener('abort', this);
  }
}
