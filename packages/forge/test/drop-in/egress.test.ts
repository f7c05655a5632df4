import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usePlatform } from '../../src/drop-in/current-platform.js';
import api, {
  assumeTrustedRoute,
  ExternalEndpointNotAllowedError,
  isForgePlatformError,
  isHostedCodeError,
} from '../../src/drop-in/index.js';
import { standIn } from '../parity/stand-in.js';

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method, url, headers } = request;
  response.setHeader('x-a', '1').setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      method,
      url,
      type: headers['content-type'] ?? null,
      auth: headers.authorization,
      body: `${Buffer.concat(chunks)}`,
    }),
  );
});
let origin = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe('fetch', () => {
  let end = () => {};
  beforeAll(() => {
    end = usePlatform(standIn().platform);
  });
  afterAll(() => end());

  test('takes text and Routes', async () => {
    const text = await api.fetch(`${origin}/a?b=c`);
    const route = await api.fetch(assumeTrustedRoute(`${origin}/d`));
    expect([(await text.json()).url, (await route.json()).url]).toEqual(['/a?b=c', '/d']);
  });

  test.each([
    ['text', 'x', 'text/plain;charset=UTF-8'],
    [
      'parameters',
      new URLSearchParams({ a: 'b c' }),
      'application/x-www-form-urlencoded;charset=UTF-8',
    ],
    ['bytes', new TextEncoder().encode('x').buffer, null],
  ])('sends %s', async (_, body, type) => {
    const response = await api.fetch(origin, { method: 'POST', body });
    expect(await response.json()).toMatchObject({
      method: 'POST',
      type,
      body: body instanceof ArrayBuffer ? 'x' : `${body}`,
    });
  });

  test('its answer is read once, its headers can be looked up and gone through', async () => {
    const response = await api.fetch(origin);
    expect(response.headers.get('X-A')).toBe('1');
    expect(response.headers.has('x-b')).toBe(false);
    const names: string[] = [];
    response.headers.forEach((value, name) => {
      if (name.startsWith('x-')) names.push(`${name}: ${value}`);
    });
    expect(names).toEqual(['x-a: 1']);
    await response.text();
    await expect(response.text()).rejects.toThrow(TypeError);
  });
});

test("a platform's refusal is Forge's error, without the query", async () => {
  const refuse = () =>
    Promise.reject(Object.assign(new Error('no'), { name: 'REQUEST_EGRESS_ALLOWLIST_ERR' }));
  const end = usePlatform({ ...standIn().platform, egress: refuse });
  try {
    const error = await api
      .fetch('https://evil.example/a?key=secret')
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ExternalEndpointNotAllowedError);
    expect(error).toMatchObject({
      status: 403,
      message:
        'URL not included in the external fetch backend permissions: https://evil.example/a. Visit go.atlassian.com/forge-egress for more information.',
    });
    expect([isForgePlatformError(error as Error), isHostedCodeError(error as Error)]).toEqual([
      true,
      true,
    ]);
  } finally {
    end();
  }
});
