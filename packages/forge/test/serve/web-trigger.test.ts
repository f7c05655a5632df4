import { request as send } from 'node:http';
import { describe, expect, test } from 'vitest';
import { forgeApi } from '../support/forge-api.js';
import { tilesOfFile, urlOf } from './tiles.js';

const { webTrigger } = forgeApi;
const { begin } = tilesOfFile();

describe('a web trigger', () => {
  test('is called with what Forge calls it with', async () => {
    const { url } = await begin(
      (request, context) => ({ statusCode: 200, body: JSON.stringify({ request, context }) }),
      { webTriggerId: (key) => `the-${key}`, contextAri: 'ari:cloud:confluence::site/9' },
    );
    const { hostname, port } = new URL(url);
    const body = await new Promise<string>((resolve, reject) => {
      const sent = send(
        {
          host: hostname,
          port,
          method: 'PATCH',
          path: '/x1/the-hook/a%20b/c?x=1&x=2&list=a,b&__proto__=3',
          headers: { 'X-Mixed-Case': ['one', 'two'], Origin: 'https://elsewhere.example' },
        },
        async (response) => {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk);
          resolve(Buffer.concat(chunks).toString());
        },
      );
      sent.on('error', reject).end('{"a":"ä"}');
    });
    const { request, context } = JSON.parse(body);
    expect(request).toMatchObject({
      method: 'PATCH',
      body: '{"a":"ä"}',
      path: '/x1/the-hook/a%20b/c',
      userPath: '/a%20b/c',
      headers: { 'X-Mixed-Case': ['one', 'two'], Origin: ['https://elsewhere.example'] },
    });
    expect(Object.entries(request.queryParameters)).toEqual([
      ['x', ['1', '2']],
      ['list', ['a,b']],
      ['__proto__', ['3']],
    ]);
    expect(context).toEqual({ installContext: 'ari:cloud:confluence::site/9' });
  });

  test('answers as the function says; what belongs to the connection is left out', async () => {
    const served = await begin(() => ({
      statusCode: 201,
      statusText: 'Made',
      headers: { 'Set-Cookie': ['a=1', 'b=2'], 'Content-Length': ['1'], 'X-One': 'text' },
      body: 'done',
    }));
    const response = await fetch(urlOf(served));
    expect([response.status, response.statusText, await response.text()]).toEqual([
      201,
      'Made',
      'done',
    ]);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('x-one')).toBe('text');
    expect(served.lines.at(-1)).toMatch(/^webtrigger hook GET 201 \d+ ms$/);
  });

  test.for([
    [undefined],
    ['text'],
    [{ statusCode: '200' }],
    [{ statusCode: 99 }],
    [{ statusCode: 200, body: { a: 1 } }],
    [{ statusCode: 200, headers: { a: [1] } }],
    [{ statusCode: 200, headers: 'a' }],
    [{ outputKey: 'gone' }],
  ])('a result that is no answer is a 500: %j', async ([result]) => {
    const served = await begin(() => result);
    const response = await fetch(urlOf(served));
    expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error\n']);
    expect(served.lines.at(-1)).toMatch(/WebTriggerAnswerError/);
  });

  test('a static one gives one of its answers, and no other', async () => {
    let outputKey = 'gone';
    const served = await begin(() => ({ outputKey, statusCode: 200, body: 'leaked' }));
    const response = await fetch(urlOf(served, 'fixed'));
    expect([response.status, await response.text()]).toEqual([410, '']);
    outputKey = 'other';
    expect((await fetch(urlOf(served, 'fixed'))).status).toBe(500);
  });

  test('an error is a 500 that says nothing; the log says all', async () => {
    const served = await begin(() => {
      throw new Error('of the app');
    });
    const response = await fetch(urlOf(served));
    expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error\n']);
    expect(served.lines.at(-1)).toMatch(/^webtrigger hook GET failed \d+ ms\nError: of the app/);
  });

  test('500 KiB are taken, more is not', async () => {
    const served = await begin((request: { body: string }) => ({
      statusCode: 200,
      body: String(request.body.length),
    }));
    const post = (size: number) => fetch(urlOf(served), { method: 'POST', body: 'x'.repeat(size) });
    expect(await (await post(500 * 1024)).text()).toBe(String(500 * 1024));
    expect((await post(500 * 1024 + 1)).status).toBe(413);
  });

  test('the app gets its addresses, ends one and makes another', async () => {
    const served = await begin(async () => {
      const before = await webTrigger.getUrl('hook');
      await webTrigger.deleteUrl(before);
      const left = await webTrigger.queryUrls();
      return { before, left, after: await webTrigger.getUrl('hook') };
    });
    const first = urlOf(served);
    const { result } = await (await served.post('/function', { key: 'run' })).json();
    expect(result).toEqual({
      before: first,
      left: [{ moduleKey: 'fixed', url: urlOf(served, 'fixed') }],
      after: urlOf(served),
    });
    expect(result.after).not.toBe(first);
    expect((await fetch(first)).status).toBe(404);
  });
});
