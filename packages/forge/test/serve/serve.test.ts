import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { forgeApi, loadForgeApiAnew } from '../support/forge-api.js';
import type { Served } from './served.js';
import { MANIFEST, tilesOfFile } from './tiles.js';

const { default: api, route } = forgeApi;
const { begin, serve } = tilesOfFile();

describe('at the start', () => {
  test('says where it is, and lists what of the manifest it does not run', async () => {
    const { lines, url } = await begin(() => undefined);
    expect(lines).toEqual([
      `tiles runs at ${url}/`,
      expect.stringMatching(/^webtrigger hook: http:\/\/localhost:\d+\/x1\/[\w-]{24}$/),
      expect.stringMatching(/^webtrigger fixed: /),
      expect.stringMatching(/^not run: consumer jobs \(line 9\): there are no queues/),
    ]);
  });

  test.for([
    [{ port: 70_000 }, 'port: must be'],
    [{ host: '0.0.0.0' }, 'user: is needed'],
    [{ publicUrl: 'https://app.example.com' }, 'user: is needed'],
    [{ host: '0.0.0.0', user: () => undefined }, 'publicUrl: is needed'],
    [{ publicUrl: 'app' }, 'publicUrl: is no URL'],
    [{ grace: -1 }, 'grace: must be'],
    [{ schedule: { firstRun: Number.NaN } }, 'schedule.firstRun: must be'],
    [{ webTriggerId: () => 'same' }, 'webTriggerId: must give'],
  ] as const)('%j is refused', async ([options, message]) => {
    await expect(begin(() => undefined, options)).rejects.toThrow(message);
    // What was opened is closed again: the port is free.
    await begin(() => undefined);
  });

  test('a port that is in use, and a second app in the process', async () => {
    const { url } = await begin(() => undefined);
    const port = Number(new URL(url).port);
    await expect(serve({ manifest: MANIFEST }, { port })).rejects.toThrow(
      `port: ${port} is in use`,
    );
    await expect(serve({ manifest: MANIFEST }, { port: 0 })).rejects.toThrow(
      'install: was called already',
    );
  });

  test('handlers that the manifest has no function for', async () => {
    const app = { manifest: MANIFEST, handlers: { walk: () => undefined } };
    await expect(serve(app)).rejects.toThrow(/handlers\.walk: is no function .*: run$/);
  });
});

describe('hosts', () => {
  test("the app's calls keep to the manifest's; the rest of the process does not", async () => {
    const other = createServer((_, response) => response.end('here'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const away = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    try {
      const { post } = await begin(async () => [
        await fetch(away).catch((error: Error) => error.name),
        await loadForgeApiAnew()
          .fetch(away)
          .catch((error: Error) => error.name),
      ]);
      expect(await (await fetch(away)).text()).toBe('here');
      const { result } = await (await post('/function', { key: 'run' })).json();
      expect(result).toEqual(['REQUEST_EGRESS_ALLOWLIST_ERR', 'REQUEST_EGRESS_ALLOWLIST_ERR']);
    } finally {
      other.close();
      other.closeAllConnections();
    }
  });
});

describe('scopes', () => {
  const calls = async () => {
    await api.asApp().requestConfluence(route`/wiki/api/v2/spaces`);
    await api.asApp().requestConfluence(route`/wiki/api/v2/pages/${'1'}/labels`);
    await api.asApp().requestConfluence(route`/wiki/api/v2/pages/${'2'}/labels`);
    await api.asApp().requestConfluence(route`/wiki/rest/api/no-such/${'secret'}?q=${'secret'}`);
  };
  const warned = ({ lines }: Served) => lines.filter((line) => line.startsWith('warning: '));

  test('one that is not in the manifest is a warning, once for each endpoint', async () => {
    const served = await begin(calls);
    await served.post('/function', { key: 'run' });
    await served.post('/function', { key: 'run' });
    expect(warned(served)).toEqual([
      'warning: GET /wiki/api/v2/pages/{}/labels wants the scope read:page:confluence; add read:page:confluence to permissions.scopes of the manifest',
      'warning: confluence GET /wiki/rest/api/no-such/{}: unknown endpoint, its scopes were not checked',
    ]);
  });

  test('or an error, before anything is sent', async () => {
    const { post, sandbox } = await begin(calls, { scopes: 'error' });
    const before = sandbox.requests.length;
    const response = await post('/function', { key: 'run' });
    expect(await response.json()).toMatchObject({
      title: 'ScopeMissingError',
      code: 'FORGE_SCOPE_MISSING',
    });
    expect(sandbox.requests.slice(before).map(({ path }) => path)).toEqual(['/wiki/api/v2/spaces']);
  });

  test('or nothing', async () => {
    const served = await begin(calls, { scopes: 'off' });
    expect((await served.post('/function', { key: 'run' })).status).toBe(200);
    expect(warned(served)).toEqual([]);
  });
});
