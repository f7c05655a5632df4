import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type DownloadAttachmentOptions, downloadAttachment } from '../../src/attachments/index.js';
import { testApi } from './product-api.js';
import { type Answer, type Received, serve } from './serve.js';

export const hashOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

export const readAll = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
};

/** What the media service has. */
export const DATA = new Uint8Array(randomBytes(300_000));

export interface Media {
  readonly data?: Uint8Array;
  readonly etag?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cuts each answer after so many bytes; undefined: never. */
  readonly cutAfter?: number | undefined;
  readonly ignoresRange?: boolean;
  readonly isChunked?: boolean;
  /** Compresses for whoever takes that, as a CDN does with text. */
  readonly compresses?: boolean;
}

/** What a media service does, and what goes wrong with it. */
export const answerMedia = (
  request: Received,
  media: Media,
  response: Parameters<Answer>[1],
): void => {
  const { data = DATA, etag = '"one"', headers = {}, cutAfter } = media;
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  const start = from === undefined || media.ignoresRange ? undefined : Number(from);
  if (start !== undefined && start >= data.length) {
    response.writeHead(416).end();
    return;
  }
  const isGzip = media.compresses && /gzip/.test(request.headers['accept-encoding'] ?? '');
  const rest = isGzip ? gzipSync(data) : data.subarray(start ?? 0);
  response.writeHead(start === undefined ? 200 : 206, {
    ...(etag !== '' && { etag }),
    ...(isGzip && { 'content-encoding': 'gzip' }),
    ...(!media.isChunked && { 'content-length': rest.length }),
    ...(start !== undefined && {
      'content-range': `bytes ${start}-${data.length - 1}/${data.length}`,
    }),
    ...headers,
  });
  if (cutAfter === undefined || rest.length <= cutAfter) {
    response.end(rest);
    return;
  }
  response.write(rest.subarray(0, cutAfter), () => setTimeout(() => response.destroy(), 20));
};

interface Download {
  readonly bytes?: Uint8Array;
  readonly error?: unknown;
  readonly requests: readonly string[];
  readonly received: readonly Received[];
}

/** Downloads from a site that redirects to another origin, which answers by `media`. */
export const download = async (
  mediaOf: (request: Received, count: number) => Media,
  options: Partial<DownloadAttachmentOptions> = {},
): Promise<Download> => {
  let count = 0;
  await using media = await serve((request, response) => {
    count += 1;
    answerMedia(request, mediaOf(request, count), response);
  });
  await using site = await serve((_request, response) => {
    response.writeHead(302, { location: `${media.origin}/file?token=canary` }).end();
  });
  await using api = testApi({ base: site.origin });
  const result = (rest: Partial<Download>): Download => ({
    requests: media.received.map(({ headers }) => headers.range ?? 'all'),
    received: media.received,
    ...rest,
  });
  try {
    const { stream } = await downloadAttachment(api, {
      pageId: 1,
      attachmentId: 'att2',
      random: () => 0,
      ...options,
    });
    return result({ bytes: await readAll(stream) });
  } catch (error) {
    return result({ error });
  }
};
