import {
  type Clock,
  InvalidResponseError,
  RequestError,
  type RequestOptions,
  systemClock,
  TimeoutError,
} from '@tributary/pipeline';
import { idleTimer } from '../answers/idle-timer.js';
import { isRecord, type Json, readJson } from '../answers/read-json.js';
import type { PassedOptions, RequestsConfluence } from '../answers/requests-confluence.js';
import { withHeaders } from '../answers/with-headers.js';
import type { RetryCallOptions } from '../retry/retry-options.js';
import { type AttachmentContent, openContent } from './content.js';
import { mediaTypeOf } from './media-type.js';
import { envelopeOf, type FormField } from './multipart.js';
import { type Deployment, type Progress, readDeployment, readIdleTimeout } from './progress.js';
import { uploadBody } from './upload-body.js';
import { uploadEndpoint } from './upload-endpoint.js';

interface UploadSettings {
  /** The page, blog post or comment that it is attached to. */
  readonly pageId: string | number;
  /** Default the file's own name; needed for bytes, streams and a Blob that is no File. */
  readonly filename?: string;
  /** Default by the Blob's type, else by the name. */
  readonly contentType?: string;
  /** Shown beside the version. */
  readonly comment?: string;
  /** Tells nobody who watches the page. Default false. */
  readonly minorEdit?: boolean;
  /** Which endpoints there are. Default: those of the api's site; 'cloud' where it names none. */
  readonly deployment?: Deployment;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
  /** Ms without a byte taken, and without an answer after the last one. Default 30,000. */
  readonly idleTimeout?: number;
  /** Headers, `retry` and the like. There is no `timeout`: an upload may take as long as it goes on. */
  readonly request?: Omit<PassedOptions, 'timeout'>;
  /** Default the system's. */
  readonly clock?: Clock;
}

export type UploadAttachmentOptions = UploadSettings & AttachmentContent;

export interface UploadedAttachment {
  /** `att…` on Cloud. */
  readonly id: string;
  readonly title: string;
  /** 1 for a new one. */
  readonly version: number | undefined;
  /** Bytes sent. */
  readonly size: number;
  /** Of the bytes sent, lower-case hex; undefined in browsers. */
  readonly sha256: string | undefined;
  /** The attachment as the answer describes it. */
  readonly body: Json;
}

const fieldsOf = ({ comment, minorEdit }: UploadSettings): readonly FormField[] => [
  ...(comment === undefined ? [] : [{ name: 'comment', value: comment }]),
  ...(minorEdit === undefined ? [] : [{ name: 'minorEdit', value: String(minorEdit) }]),
];

/** Within half of it: a wait that the server asked for isn't to be taken for a server gone silent. */
const retryOf = (
  given: RetryCallOptions | false | undefined,
  idleTimeout: number,
): RetryCallOptions | false => (given === false ? false : { maxWait: idleTimeout / 2, ...given });

const readAnswer = (body: unknown, size: number, template: string) => {
  const list = isRecord(body) && Array.isArray(body.results) ? body.results[0] : body;
  const entry: unknown = list;
  if (!isRecord(entry) || typeof entry.id !== 'string') {
    throw new InvalidResponseError('The answer describes no attachment.', { template });
  }
  const { version, title, extensions } = entry;
  const stored = isRecord(extensions) ? extensions.fileSize : undefined;
  if (typeof stored === 'number' && stored !== size) {
    throw new InvalidResponseError(
      `Confluence has stored ${stored} bytes of ${size}; upload it again.`,
      { template },
    );
  }
  const number = isRecord(version) ? version.number : undefined;
  return {
    id: entry.id,
    title: typeof title === 'string' ? title : '',
    version: typeof number === 'number' ? number : undefined,
    body: entry,
  };
};

/**
 * Attaches a file to a page: a new attachment, or a new version of the one with that name. It is streamed,
 * as fast as it is taken, and never held in memory as a whole. The chain's retry may send it again, unless
 * it is a stream: where an answer was lost, that makes one version too many.
 * @throws RequestError for options that can't be; ResponseError for an error status; TimeoutError after
 *   `idleTimeout`; InvalidResponseError where the answer speaks of another size; and whatever a call
 *   rejects with
 */
export const uploadAttachment = async (
  api: RequestsConfluence,
  options: UploadAttachmentOptions,
): Promise<UploadedAttachment> => {
  const { pageId, onProgress, request, signal: outer, clock = systemClock } = options;
  const idleTimeout = readIdleTimeout(options.idleTimeout);
  const deployment = readDeployment(options.deployment, api);
  const content = await openContent(options);
  const filename = options.filename ?? content.name;
  if (filename === undefined || filename === '') {
    throw new RequestError('filename', 'is missing; Confluence tells attachments apart by it');
  }
  const type = options.contentType ?? content.type ?? mediaTypeOf(filename);
  const envelope = envelopeOf(fieldsOf(options), { name: 'file', filename, type });

  const stop = new AbortController();
  const signal = outer ? AbortSignal.any([outer, stop.signal]) : stop.signal;
  const passed: RequestOptions = { ...request, signal };
  const { path, method } = await uploadEndpoint(api, deployment, pageId, filename, passed);
  const { template } = path;
  const idle = idleTimer(clock, idleTimeout, () => {
    const message = `Nothing of the upload was taken for ${idleTimeout} ms; look whether it took effect before you repeat it.`;
    stop.abort(new TimeoutError(message, { attempts: 1, template, sent: 'unknown' }));
  });
  const body = uploadBody(content, envelope, {
    onActive: idle.touch,
    onDropped: idle.pause,
    onBytes: (transferred) => onProgress?.({ transferred, total: content.size }),
    onFailure: (error) => stop.abort(error),
  });
  try {
    const answer = api.requestConfluence(path, {
      ...passed,
      method,
      // A page with this header can't have been made to send the form (XSRF).
      headers: withHeaders(request?.headers, {
        'content-type': envelope.contentType,
        'x-atlassian-token': 'no-check',
      }),
      body: content.isReplayable ? body.open : body.open(),
      timeout: false,
      retry: retryOf(request?.retry, idleTimeout),
      ...(body.length !== undefined && { contentLength: body.length }),
    });
    const read = await readJson(answer, template, signal);
    const size = body.transferred;
    return { ...readAnswer(read.body, size, template), size, sha256: body.digest() };
  } finally {
    idle.pause();
    // What was answered before all of it was sent isn't sent any further.
    stop.abort();
  }
};
