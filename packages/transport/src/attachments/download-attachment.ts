import {
  type Clock,
  type Random,
  RequestError,
  systemClock,
  systemRandom,
} from '@tributary/pipeline';
import type { PassedOptions, RequestsConfluence } from '../answers/requests-confluence.js';
import { hasHeader } from '../answers/with-headers.js';
import { downloadEndpoint } from './download-endpoint.js';
import { downloadStream, openDownload } from './download-stream.js';
import { type Deployment, type Progress, readDeployment, readIdleTimeout } from './progress.js';

export interface DownloadAttachmentOptions {
  /** The page, blog post or comment that it is attached to. */
  readonly pageId: string | number;
  /** `att…` on Cloud. */
  readonly attachmentId: string | number;
  /** Default the latest. */
  readonly version?: number;
  /** Which endpoints there are. Default: those of the api's site; 'cloud' where it names none. */
  readonly deployment?: Deployment;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
  /** Ms without a byte after which the connection counts as cut. Default 30,000. */
  readonly idleTimeout?: number;
  /** How often in a row, without a byte in between, a download that was cut is taken up again. Default 4. */
  readonly resumes?: number;
  /** For every request: headers, `timeout`, `retry` and the like. `Range` is the download's own. */
  readonly request?: PassedOptions;
  /** Default the system's. */
  readonly clock?: Clock;
  /** For jitter. Default Math.random. */
  readonly random?: Random;
}

export interface AttachmentDownload {
  /** Read it to its end, or cancel it. It is read only as fast as you read. */
  readonly stream: ReadableStream<Uint8Array>;
  /** In bytes; undefined where the server doesn't say. */
  readonly size: number | undefined;
  readonly mediaType: string | undefined;
  readonly etag: string | undefined;
}

const DEFAULT_RESUMES = 4;

const readResumes = (value: number = DEFAULT_RESUMES): number => {
  if (Number.isInteger(value) && value >= 0) return value;
  throw new RequestError('resumes', 'must be a whole number');
};

/**
 * Downloads an attachment as a stream. When it is cut off, or goes silent, what is left is asked for by
 * Range, and goes on only where ETag (or date) and size are still the same.
 * @returns as soon as the first bytes are on their way
 * @throws RequestError for options that can't be; ResponseError for an error status; and whatever a call
 *   rejects with. The stream fails with AttachmentChangedError, or with the failure that can't be mended
 */
export const downloadAttachment = async (
  api: RequestsConfluence,
  options: DownloadAttachmentOptions,
): Promise<AttachmentDownload> => {
  const { pageId, attachmentId, version, signal: outer, request, onProgress } = options;
  const { clock = systemClock, random = systemRandom } = options;
  const idleTimeout = readIdleTimeout(options.idleTimeout);
  const resumes = readResumes(options.resumes);
  const deployment = readDeployment(options.deployment, api);
  // A resume would ask for another part, and hand out what nobody asked for.
  if (hasHeader(request?.headers, 'range')) {
    throw new RequestError('request.headers.range', 'is set by the download itself');
  }
  const passed = { ...request, ...(outer && { signal: outer }) };
  const wanted = { pageId, attachmentId, version };
  const path = await downloadEndpoint(api, deployment, wanted, passed);
  const source = { api, path, request, outer, clock, random, idleTimeout, resumes, onProgress };
  const first = await openDownload(source);
  const { representation, mediaType } = first;
  return {
    stream: downloadStream(source, first),
    size: representation.size,
    mediaType,
    etag: representation.etag,
  };
};
