/** Ways to be wrong with an answer. */
export type AnswerFlaw =
  | 'throws on 4xx'
  | 'answers with a half Response'
  | 'leaves content encoded'
  | 'garbles bodies'
  | 'reads bodies again and again'
  | 'gives every answer a body'
  | 'forgives broken bodies'
  | 'keeps cancelled bodies'
  | 'forgets the headers of answers'
  | 'lets headers be changed'
  | 'answers with half Headers';

const METHODS = ['text', 'json', 'arrayBuffer', 'bytes', 'blob', 'formData'] as const;

type Fields = Readonly<Record<string, unknown>>;

/** The same answer, some of its properties replaced. */
const withFields = (response: Response, fields: Fields): Response =>
  Object.defineProperties(
    response,
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { value }])),
  );

const through = (
  response: Response,
  transform: (body: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>,
): Response =>
  response.body === null ? response : new Response(transform(response.body) as BodyInit, response);

/** Without its first byte; a digit where there is none. */
const garble = (body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> => {
  let isFirst = true;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const rest = isFirst ? chunk.slice(1) : chunk;
        isFirst = false;
        if (rest.byteLength > 0) controller.enqueue(rest);
      },
      flush(controller) {
        if (isFirst) controller.enqueue(new TextEncoder().encode('1'));
      },
    }),
  );
};

const forgive = (body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> => {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const part = await reader.read().catch(() => ({ done: true, value: undefined }));
      if (part.value === undefined) controller.close();
      else controller.enqueue(part.value);
    },
  });
};

const keep = (body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> => {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel() {
      const drain = async (): Promise<void> => {
        while (!(await reader.read()).done);
      };
      drain().catch(() => {});
    },
  });
};

const replaying = async (response: Response): Promise<Response> => {
  if (response.body === null) return response;
  const { headers } = response;
  const bytes = await response.arrayBuffer();
  const again = () => new Response(bytes, { headers });
  const methods = METHODS.map((name) => [name, () => again()[name]()]);
  const answer = new Response(bytes, response);
  return withFields(answer, { ...Object.fromEntries(methods), bodyUsed: false });
};

const bodied = (response: Response): Response => {
  if (response.body !== null) return response;
  const reject = () => Promise.reject(new Error('there is a body'));
  return withFields(response, {
    ...Object.fromEntries(METHODS.map((name) => [name, reject])),
    body: new ReadableStream(),
  });
};

const halfHeaders = (headers: Headers): unknown => {
  const record: Record<string, string> = Object.fromEntries(headers);
  const get = (name: string) => record[name.toLowerCase()];
  return { get, has: (name: string) => get(name) !== undefined };
};

/** What the flaw makes of a right answer. */
export const flawedAnswer = async (
  response: Response,
  method: string,
  flaw: string | undefined,
): Promise<Response> => {
  const { status, headers } = response;
  switch (flaw) {
    case 'throws on 4xx':
      if (status >= 400) throw new Error('not ok');
      return response;
    case 'answers with a half Response':
      return { status, headers, text: () => response.text(), body: response.body } as Response;
    case 'leaves content encoded':
      return headers.has('content-encoding') && method !== 'HEAD'
        ? new Response('\u001f\u008b', response)
        : response;
    case 'garbles bodies':
      return through(response, garble);
    case 'reads bodies again and again':
      return replaying(response);
    case 'gives every answer a body':
      return bodied(response);
    case 'forgives broken bodies':
      return through(response, forgive);
    case 'keeps cancelled bodies':
      return through(response, keep);
    case 'forgets the headers of answers':
      return new Response(response.body as BodyInit | null, { status });
    case 'lets headers be changed':
      return new Response(response.body as BodyInit | null, response);
    case 'answers with half Headers':
      return withFields(response, { headers: halfHeaders(headers) });
    default:
      return response;
  }
};

/** As fetch marks what it has followed, also on what is cloned of it. */
export const asRedirected = (response: Response): Response => {
  const clone = () => asRedirected(Response.prototype.clone.call(response));
  return withFields(response, { redirected: true, clone });
};

/** Ends the body when the signal fires, with a listener that goes when the body ends. */
export const watchBody = (response: Response, signal: AbortSignal | undefined): Response => {
  if (signal === undefined || response.body === null) return response;
  const reader = response.body.getReader();
  let onAbort = () => {};
  const release = () => signal.removeEventListener('abort', onAbort);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      onAbort = () => {
        controller.error(signal.reason);
        reader.cancel(signal.reason).catch(() => undefined);
      };
      signal.addEventListener('abort', onAbort);
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (!done) controller.enqueue(value);
      else {
        release();
        controller.close();
      }
    },
    cancel(reason) {
      release();
      return reader.cancel(reason);
    },
  });
  return new Response(body as BodyInit, response);
};
