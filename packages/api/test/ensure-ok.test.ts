import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ensureOk, ResponseError, route } from '../src/index.js';
import { clientOver } from './chain.js';

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });

const failure = async (response: Response): Promise<ResponseError> => {
  const error = await ensureOk(response).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ResponseError);
  return error as ResponseError;
};

describe('ensureOk', () => {
  test.each([200, 201, 204, 299, 304])('hands on a %i, untouched', async (status) => {
    const response = new Response(null, { status });
    expect(await ensureOk(response)).toBe(response);
    expect(await ensureOk(Promise.resolve(response))).toBe(response);
    expect(response.bodyUsed).toBe(false);
  });

  test.each([
    [
      'v2',
      { errors: [{ status: 404, code: 'NOT_FOUND', title: 'Not Found', detail: 'No page' }] },
      'Not Found',
      'No page',
    ],
    [
      'v1',
      {
        statusCode: 404,
        message: 'No content found',
        data: { errors: [{ message: { translation: 'Gone away' } }] },
      },
      'No content found',
      'Gone away',
    ],
    [
      'the gateway',
      { code: 401, message: 'Unauthorized; scope does not match' },
      'Unauthorized; scope does not match',
      undefined,
    ],
    ['nobody we know', { some: 'thing' }, undefined, undefined],
  ])('reads the words of %s', async (_, body, title, detail) => {
    const error = await failure(json(404, body, { 'atl-traceid': 'trace-1' }));
    expect(error).toMatchObject({ status: 404, title, detail, traceId: 'trace-1' });
    if (title !== undefined) expect(error.message).toContain(title);
  });

  test.each(['<html>no json</html>', '', '{"errors":', 'null', '[]', '"text"'])(
    'survives the body %j',
    async (body) => {
      expect(await failure(new Response(body, { status: 502 }))).toMatchObject({
        status: 502,
        retryable: true,
        title: undefined,
      });
    },
  );

  test('reads at most 16 KiB of an endless body, and cancels the rest', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1024).fill(32)),
      cancel: () => {
        cancelled = true;
      },
    });
    await failure(new Response(body, { status: 500 }));
    expect(cancelled).toBe(true);
  });

  test('escapes what a server could do to a terminal', async () => {
    const error = await failure(json(400, { message: 'a\u001b[2Jb\u202e' }));
    for (const char of ['\u001b', '\u202e']) {
      expect(`${error.message}${inspect(error)}`).not.toContain(char);
    }
    expect(error.title).toContain('\\u{1b}');
  });

  test('knows the template of a call, and never the filled path', async () => {
    const { api } = clientOver([json(404, {})]);
    const error = await ensureOk(
      api.asApp().requestConfluence(route`/wiki/api/v2/pages/${'secret-id'}`),
    ).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ template: '/wiki/api/v2/pages/{}', attempts: 1 });
    expect(inspect(error)).not.toContain('secret-id');
  });

  test('a rejected request is rejected as it is', async () => {
    const reason = new Error('no network');
    await expect(ensureOk(Promise.reject(reason))).rejects.toBe(reason);
  });
});
