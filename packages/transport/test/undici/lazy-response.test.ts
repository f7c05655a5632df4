import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CallEnding } from '../../src/terminal/ending.js';
import { LazyHeaders } from '../../src/undici/lazy-headers.js';
import { LazyResponse } from '../../src/undici/lazy-response.js';
import { type Head, Reception } from '../../src/undici/reception.js';
import { failure } from '../support/calls.js';

/** What a dispatcher's controller is told. */
const recorder = () => {
  const told: string[] = [];
  return {
    told,
    controller: {
      pause: () => told.push('pause'),
      resume: () => told.push('resume'),
      abort: () => told.push('abort'),
    } as unknown as Parameters<Reception['onRequestStart']>[0],
  };
};

interface Answered {
  readonly response: Response;
  readonly told: string[];
  readonly reception: Reception;
  data(chunk: Uint8Array): void;
  end(): void;
}

const answer = (fields: Head['fields'] = {}, status = 200): Answered => {
  const { told, controller } = recorder();
  let response: Response | undefined;
  const reception = new Reception({
    method: 'GET',
    ending: new CallEnding(undefined, false),
    ownsChunks: true,
    onHead: (head, from) => {
      response = new LazyResponse(
        head,
        'https://site.example/x?token=hush',
        from,
      ) as unknown as Response;
    },
    onFailure: () => {},
    bodyError: (error) => error,
  });
  reception.onRequestStart(controller);
  reception.onResponseStart(controller, status, fields, 'OK');
  return {
    response: response as unknown as Response,
    told,
    reception,
    // A copy: what it owns it frees.
    data: (chunk) => reception.onResponseData(controller, chunk.slice()),
    end: () => reception.onResponseEnd(),
  };
};

const KIB = 1024;

test('its constructor is Response, and that of its headers Headers', () => {
  const { response } = answer();
  expect(response.constructor).toBe(Response);
  expect(response.headers.constructor).toBe(Headers);
});

describe('a body that comes before it is asked for', () => {
  test('is kept up to 64 KiB, and then the server waits', async () => {
    const { response, told, data, end } = answer();
    for (let i = 0; i < 63; i += 1) data(new Uint8Array(KIB));
    expect(told).toEqual([]);
    data(new Uint8Array(KIB));
    expect(told).toEqual(['pause']);
    const reading = response.bytes();
    expect(told).toContain('resume');
    data(new Uint8Array(KIB));
    end();
    expect(await reading).toHaveLength(65 * KIB);
  });

  test('is there at once when it has come whole', async () => {
    const { response, told, data, end } = answer();
    data(new TextEncoder().encode('{"a":1}'));
    end();
    expect(await response.json()).toEqual({ a: 1 });
    expect(told).toEqual([]);
  });
});

describe('a body that is cancelled', () => {
  test.each([
    ['of unknown length', {}, 'abort'],
    ['of which much is left', { 'content-length': '100000' }, 'abort'],
    [
      'of which little is left: the connection is worth more',
      { 'content-length': '100' },
      'resume',
    ],
  ])('%s', async (_name, fields, what) => {
    const { response, told, data, end } = answer(fields);
    data(new Uint8Array(10));
    await response.body?.cancel();
    expect(told.at(-1)).toBe(what);
    if (what === 'resume') {
      data(new Uint8Array(90));
      end();
      expect(told).not.toContain('abort');
    }
    expect(response.bodyUsed).toBe(true);
  });
});

describe('what nobody asks for', () => {
  test('is not built', async () => {
    const built: string[] = [];
    const { Headers: RealHeaders, Response: RealResponse, ReadableStream: RealStream } = globalThis;
    const spy = <T extends new (...args: never[]) => object>(name: string, real: T): T =>
      new Proxy(real, {
        construct(target, args, newTarget) {
          built.push(name);
          return Reflect.construct(target, args, newTarget);
        },
      });
    Object.assign(globalThis, {
      Headers: spy('Headers', RealHeaders),
      Response: spy('Response', RealResponse),
      ReadableStream: spy('ReadableStream', RealStream),
    });
    try {
      const { response, data, end } = answer({ 'content-type': 'application/json' });
      data(new TextEncoder().encode('{"a":1}'));
      end();
      expect(response.ok && response.headers.get('content-type')).toBe('application/json');
      expect(await response.json()).toEqual({ a: 1 });
      expect(built).toEqual([]);
      expect(response.headers.getSetCookie()).toEqual([]);
      expect(built).toEqual(['Headers']);
    } finally {
      Object.assign(globalThis, {
        Headers: RealHeaders,
        Response: RealResponse,
        ReadableStream: RealStream,
      });
    }
  });

  test('inspect shows neither URL nor header values', () => {
    const { response } = answer({ 'set-cookie': 'hush' });
    expect(inspect(response)).not.toContain('hush');
    expect(inspect(response.headers)).not.toContain('hush');
    expect(inspect(response)).toContain('status: 200');
  });
});

describe('as the standard has it', () => {
  const bytes = fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 6 });

  test('text() decodes as TextDecoder does, wherever chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, fc.boolean(), async (chunks, hasMark) => {
        const { response, data, end } = answer();
        const all = hasMark ? [Uint8Array.of(0xef, 0xbb, 0xbf), ...chunks] : chunks;
        for (const chunk of all) data(chunk);
        end();
        expect(await response.text()).toBe(new TextDecoder().decode(Buffer.concat(all)));
      }),
    );
  });

  test('bytes() and the stream give the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (chunks) => {
        const answers = [answer(), answer()] as const;
        for (const { data, end } of answers) {
          for (const chunk of chunks) data(chunk);
          end();
        }
        const parts: Uint8Array[] = [];
        for await (const part of answers[0].response.body ?? []) parts.push(part as Uint8Array);
        expect(Buffer.concat(parts)).toEqual(Buffer.from(await answers[1].response.bytes()));
      }),
    );
  });

  test('headers read as real Headers do', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const value = fc.stringMatching(/^[\t !-~\u0080-\u00ff]{0,10}$/);
    const fields = fc.dictionary(name, fc.oneof(value, fc.array(value, { minLength: 1 })));
    fc.assert(
      fc.property(fields, name, (record, other) => {
        const real = new Headers();
        for (const [key, each] of Object.entries(record)) {
          for (const one of [each].flat()) real.append(key, one);
        }
        const lazy = new LazyHeaders(record);
        for (const key of [...Object.keys(record), other]) {
          expect(lazy.get(key.toUpperCase())).toBe(real.get(key));
          expect(lazy.has(key)).toBe(real.has(key));
        }
        expect([...lazy]).toEqual([...real]);
        expect([...new Headers(lazy as unknown as Headers)]).toEqual([...new Headers([...real])]);
      }),
    );
  });

  test('a body that breaks off after it was read by half stays broken', async () => {
    const { response, data, reception } = answer();
    data(new TextEncoder().encode('half'));
    reception.onResponseError(null, new Error('cut'));
    expect(await failure(response.text())).toMatchObject({ message: 'cut' });
    expect(await failure(response.text())).toBeInstanceOf(TypeError);
  });
});
