import { createTributary } from '@tributary/api';
import { apiToken, cloud, dataCenter, personalAccessToken } from '@tributary/auth-providers';
import { afterEach, describe, expect, test } from 'vitest';
import { forgeApi } from '../support/forge-api.js';
import { installed, recorderOfFile } from '../support/installed.js';

const { default: api, route, assumeTrustedRoute } = forgeApi;
const PATH = route`/wiki/rest/api/content`;

const warned: string[] = [];
const server = await recorderOfFile();
const { begin, dispose } = installed(
  createTributary({
    site: cloud(server.url),
    app: apiToken({ email: 'ada@example.com', token: 'token' }),
  }),
  { warn: (text) => warned.push(text) },
);
afterEach(() => {
  warned.length = 0;
});

const post = (init: object) =>
  api.asApp().requestConfluence(PATH, { method: 'POST', ...init } as never);

describe('bodies', () => {
  test.each([
    ['a string', 'a=1', 'text/plain;charset=UTF-8', 'a=1'],
    ['JSON that says nothing of it', ' {"a":1}', 'application/json', ' {"a":1}'],
    ['a list in JSON', '[1]', 'application/json', '[1]'],
    ['what only begins like JSON', '{a}', 'text/plain;charset=UTF-8', '{a}'],
    [
      'URLSearchParams',
      new URLSearchParams({ a: 'b c' }),
      'application/x-www-form-urlencoded;charset=UTF-8',
      'a=b+c',
    ],
    ['an ArrayBuffer', new TextEncoder().encode('bytes').buffer, undefined, 'bytes'],
    ['a Buffer', Buffer.from('bytes'), undefined, 'bytes'],
    ['a Blob', new Blob(['blob'], { type: 'text/x-test' }), 'text/x-test', 'blob'],
  ])('%s', async (_, body, contentType, text) => {
    begin();
    await post({ body });
    const { headers, body: arrived } = server.only();
    expect([headers['content-type'], String(arrived)]).toEqual([contentType, text]);
  });

  test('JSON keeps the type that the app gives it; without one, a warning says what it is sent as', async () => {
    begin();
    await post({ body: '{}', headers: { 'CONTENT-TYPE': 'application/merge-patch+json' } });
    expect(server.only().headers['content-type']).toBe('application/merge-patch+json');
    expect(warned).toEqual([]);
    await post({ body: '{}' });
    expect(warned).toEqual([expect.stringContaining("'Content-Type': 'application/json'")]);
  });

  test('a FormData, with the header that uploads need', async () => {
    begin();
    const body = new FormData();
    body.append('file', new Blob(['content']), 'a.txt');
    await post({ body, headers: { 'X-Atlassian-Token': 'nocheck' } });
    const { headers, body: arrived } = server.only();
    expect(headers['content-type']).toMatch(/^multipart\/form-data; ?boundary=/);
    expect(headers['x-atlassian-token']).toBe('nocheck');
    expect(String(arrived)).toMatch(/filename="a.txt"[\s\S]*content/);
  });

  test('a Node stream', async () => {
    begin();
    const { Readable } = await import('node:stream');
    await post({ body: Readable.from([Buffer.from('str'), Buffer.from('eam')]) });
    expect(String(server.only().body)).toBe('stream');
  });

  test('what fetch would make text of is text, with a warning', async () => {
    begin();
    await post({ body: { a: 1 } });
    expect(String(server.only().body)).toBe('[object Object]');
    expect(warned).toEqual([expect.stringContaining('JSON.stringify')]);
  });

  test('a GET has none, in the words of fetch', async () => {
    begin();
    const refused = api.asApp().requestConfluence(PATH, { body: 'x' });
    await expect(refused).rejects.toThrow(
      new TypeError('Request with GET/HEAD method cannot have body.'),
    );
  });
});

describe('headers', () => {
  test('the platform’s, where the app says nothing', async () => {
    begin();
    await api.asApp().requestConfluence(PATH);
    expect(server.only().headers).toMatchObject({ accept: '*/*' });
  });

  test('but Data Center, which would answer in XML, is asked for JSON', async () => {
    const there = createTributary({
      site: dataCenter(`${server.url}/confluence`),
      app: personalAccessToken({ token: 'token' }),
    });
    begin({}, there);
    await api.asApp().requestConfluence(PATH);
    const { url, headers } = server.only();
    expect([url, headers.accept]).toEqual(['/confluence/rest/api/content', 'application/json']);
    await there[Symbol.asyncDispose]();
  });

  test.each([
    ['an object', { Accept: 'application/json', 'X-Number': 1, 'X-None': undefined }],
    [
      'a Headers',
      new Headers({ accept: 'application/json', 'x-number': '1', 'x-none': 'undefined' }),
    ],
    [
      'a list',
      [
        ['Accept', 'application/json'],
        ['X-Number', '1'],
        ['X-None', 'undefined'],
      ],
    ],
  ])('%s is read as fetch reads it', async (_, headers) => {
    begin();
    await api.asApp().requestConfluence(PATH, { headers } as never);
    expect(server.only().headers).toMatchObject({
      accept: 'application/json',
      'x-number': '1',
      'x-none': 'undefined',
    });
  });

  test('what the platform sets itself is left out, with a warning', async () => {
    begin();
    await post({
      body: 'abc',
      headers: { Authorization: 'Bearer stolen', 'Content-Length': '999', Host: 'evil.example' },
    });
    const { headers } = server.only();
    expect(headers.authorization).toMatch(/^Basic /);
    expect([headers['content-length'], headers.host]).toEqual(['3', new URL(server.url).host]);
    expect(warned).toHaveLength(3);
    expect(warned.join()).not.toContain('stolen');
  });

  test('a bare call brings its own Authorization', async () => {
    begin();
    await api.requestConfluence(PATH, { headers: { Authorization: 'Bearer mine' } });
    expect(server.only().headers.authorization).toBe('Bearer mine');
  });

  test('fields that fetch does not know do nothing', async () => {
    begin();
    server.reply({ status: 503 });
    const init = { retry: { limit: 3 }, timeout: 'soon', qs: { a: 1 }, method: 'get' };
    const response = await api.asApp().requestConfluence(PATH, init as never);
    expect([response.status, server.only().method]).toEqual([503, 'GET']);
  });
});

describe('paths that the real route lets pass', () => {
  test.each([
    ['%2e%2E', route`/wiki/api/v2/pages/${'%2e%2E'}`],
    ['%2E%2E', route`/wiki/rest/${'%2E%2E'}/${'%2E%2E'}/ex/jira`],
    ['an encoded slash', route`/wiki/api/v2/pages/${'1%2Fchildren'}`],
    ['an encoded backslash', route`/wiki/api/v2/pages/${'1%5C%2e%5C2'}`],
    ['two decodes', route`/wiki/api/v2/pages/${'%252e%252e'}`],
    ['dots from neighbours', route`/wiki/api/v2/pages/${'.'}${'.'}/x`],
    ['a path parameter', route`/wiki/..;${'x'}/y`],
    ['a tab', route`/wiki/api/${'a\tb'}`],
    ['another host', assumeTrustedRoute('//evil.example/x')],
    ['an absolute URL', assumeTrustedRoute('https://evil.example/x')],
    ['user information', assumeTrustedRoute('/\\@evil.example/x')],
    ['dots in the text', assumeTrustedRoute('/wiki/../../x')],
    ['overlong dots', route`/wiki/${'%c0%ae%c0%ae'}/x`],
  ])('%s are refused in Forge’s words', async (_, path) => {
    begin();
    const refused = api.asApp().requestConfluence(path);
    await expect(refused).rejects.toThrow(/^Disallowing path manipulation attempt/);
    expect(server.arrived).toEqual([]);
  });

  test.each([
    [route`/wiki/api/v2/pages/${'50%'}`, '/wiki/api/v2/pages/50%25'],
    [route`/wiki/api/v2/pages/${'a b'}`, '/wiki/api/v2/pages/a%20b'],
    [route`/wiki/api/v2/pages/${'ümlaut'}`, '/wiki/api/v2/pages/%C3%BCmlaut'],
    [route`/wiki/search?cql=${'a=1&b'}`, '/wiki/search?cql=a%3D1%26b'],
    [route`/wiki/search?${new URLSearchParams({ a: '1', b: '..' })}`, '/wiki/search?a=1&b=..'],
    [
      assumeTrustedRoute('/wiki/api/v2/pages?cursor=a%2Fb/../c'),
      '/wiki/api/v2/pages?cursor=a%2Fb/../c',
    ],
    [assumeTrustedRoute('/wiki/x#fragment'), '/wiki/x'],
  ])('harmless ones arrive: %#', async (path, url) => {
    begin();
    await api.asApp().requestConfluence(path);
    expect(server.only().url).toBe(url);
  });

  test.each([
    [
      'undefined',
      route`/wiki/api/v2/pages/${undefined as never}/x`,
      '/wiki/api/v2/pages/undefined/x',
    ],
    ['[object Object]', route`/wiki/api/${{} as never}`, '/wiki/api/[object%20Object]'],
    ['nothing', route`/wiki/api/v2/pages/${''}/children`, '/wiki/api/v2/pages//children'],
  ])(
    '%s for an id arrives with a warning, and is refused where that is asked for',
    async (what, path, url) => {
      begin();
      await api.asApp().requestConfluence(path);
      await api.asApp().requestConfluence(path);
      expect(server.arrived.splice(0).map((arrived) => arrived.url)).toEqual([url, url]);
      expect(warned).toEqual([expect.stringContaining(`has ${what} for a segment`)]);
      dispose();
      begin({ strictRoutes: true });
      await expect(api.asApp().requestConfluence(path)).rejects.toMatchObject({ field: 'path' });
      expect(server.arrived).toEqual([]);
    },
  );
});
