import assert from 'node:assert/strict';
import { patience, rejectionOf, within } from '../waiting.js';
import type { TerminalBench } from './harness.js';
import type { TerminalCase } from './terminal-case.js';

type Method = 'text' | 'json' | 'arrayBuffer' | 'bytes' | 'blob' | 'formData';

interface Kind {
  readonly type: string;
  readonly body: string;
  /** The same text out of what the method gave. */
  readonly textOf: (value: unknown) => string | Promise<string>;
  /** Of a body without a byte: text, or the class of the error. */
  readonly empty: string | typeof Error;
}

const TEXT = '{"text":"b\u00f6dy \u65e5\u672c"}';
const BOUNDARY = '----boundary-0123456789abcdef';
const formOf = (value: unknown): string =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="a"\r\n\r\n${value}\r\n--${BOUNDARY}--\r\n`;
const decoder = new TextDecoder();
const isBytes = (value: unknown): value is Uint8Array =>
  value instanceof Uint8Array && value.constructor === Uint8Array;

const json = { type: 'application/json', body: TEXT } as const;

/** fetch standard, "Body mixin". */
const KINDS: Readonly<Record<Method, Kind>> = {
  text: { ...json, textOf: String, empty: '' },
  json: { ...json, textOf: JSON.stringify, empty: SyntaxError },
  arrayBuffer: {
    ...json,
    textOf: (value) => {
      assert.ok(value instanceof ArrayBuffer);
      return decoder.decode(value);
    },
    empty: '',
  },
  bytes: {
    ...json,
    textOf: (value) => {
      assert.ok(isBytes(value), 'bytes() gives a Uint8Array');
      return decoder.decode(value);
    },
    empty: '',
  },
  blob: {
    ...json,
    textOf: (value) => {
      assert.ok(value instanceof Blob);
      return value.text();
    },
    empty: '',
  },
  formData: {
    type: `multipart/form-data; boundary=${BOUNDARY}`,
    body: formOf('b\u00f6dy'),
    textOf: (value) => {
      assert.ok(value instanceof FormData);
      return formOf(value.get('a'));
    },
    empty: TypeError,
  },
};

const read = (response: Response, method: Method): Promise<unknown> =>
  within(Promise.resolve(response[method]()), patience.ms, `${method}() must settle`);

const get = (bench: TerminalBench, { type, body }: Pick<Kind, 'type' | 'body'>) => {
  bench.server.answer((_request, response) => {
    response.writeHead(200, { 'content-type': type }).end(body);
  });
  return bench.terminal.send(bench.call());
};

const assertUnusable = async (response: Response, method: Method): Promise<void> => {
  const error = await rejectionOf(read(response, method), `${method}() must reject`);
  assert.ok(error instanceof TypeError, `${method}() must reject with a TypeError, not ${error}`);
};

const casesOf = (method: Method): readonly TerminalCase[] => {
  const kind = KINDS[method];
  const assertEmpty = async (response: Response): Promise<void> => {
    if (typeof kind.empty === 'string') {
      assert.equal(await kind.textOf(await read(response, method)), kind.empty);
    } else {
      const error = await rejectionOf(read(response, method), `${method}() must reject`);
      assert.ok(error instanceof kind.empty);
    }
  };
  return [
    [
      `${method}() gives the body, and marks it used`,
      async (bench) => {
        const response = await get(bench, kind);
        assert.equal(response.bodyUsed, false);
        assert.equal(await kind.textOf(await read(response, method)), kind.body);
        assert.equal(response.bodyUsed, true);
      },
    ],
    [
      `${method}() gives the body once`,
      async (bench) => {
        const response = await get(bench, kind);
        await read(response, method);
        await assertUnusable(response, method);
        await assertUnusable(response, 'text');
        assert.ok(response.body?.locked || response.bodyUsed);
      },
    ],
    [
      `${method}() gives nothing while somebody reads the stream, or has`,
      async (bench) => {
        const response = await get(bench, kind);
        const reader = response.body?.getReader();
        await assertUnusable(response, method);
        await reader?.read();
        reader?.releaseLock();
        assert.equal(response.bodyUsed, true);
        await assertUnusable(response, method);
      },
    ],
    [
      `${method}() works on a clone and on what was cloned`,
      async (bench) => {
        const response = await get(bench, kind);
        const clone = response.clone();
        assert.ok(clone instanceof Response);
        assert.equal(clone.status, 200);
        assert.equal(clone.headers.get('content-type'), kind.type);
        assert.equal(await kind.textOf(await read(response, method)), kind.body);
        assert.equal(clone.bodyUsed, false);
        assert.equal(await kind.textOf(await read(clone, method)), kind.body);
        await assertUnusable(clone, method);
        assert.throws(() => response.clone(), TypeError, 'a used body can not be cloned');
      },
    ],
    [
      `${method}() of an empty body`,
      async (bench) => {
        const response = await get(bench, { ...kind, body: '' });
        await assertEmpty(response);
        assert.equal(response.bodyUsed, true);
      },
    ],
    [
      `${method}() of an answer that can have no body`,
      async (bench) => {
        bench.server.answer((_request, response) => response.writeHead(204).end());
        const response = await bench.terminal.send(bench.call());
        await assertEmpty(response);
        // There is nothing to use up.
        assert.equal(response.bodyUsed, false);
        await assertEmpty(response);
      },
    ],
    [
      `${method}() fails when the body breaks off`,
      async (bench) => {
        bench.server.answer((_request, response) => {
          response.writeHead(200, { 'content-type': kind.type, 'content-length': 1000 });
          response.write(kind.body, () => setTimeout(() => response.destroy(), 5));
        });
        const response = await bench.terminal.send(bench.call());
        const error = await rejectionOf(read(response, method), 'half a body is none');
        assert.ok(error instanceof Error && !(error instanceof assert.AssertionError), `${error}`);
      },
    ],
  ];
};

export const BODY_METHOD_CASES: readonly TerminalCase[] = (Object.keys(KINDS) as Method[]).flatMap(
  casesOf,
);
