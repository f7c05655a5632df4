import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectChromium, hasChromium } from './support/chromium.js';
import { type Listening, listen } from './support/listen.js';

/** The package as it is published, file by file: no bundler comes near it. */
const published = new URL('../../packages/route/dist/', import.meta.url);

const PAGE = `<!doctype html><title>Plain modules</title>
<script type="importmap">{ "imports": { "@tributary/route": "/route/index.js" } }</script>
<script type="module">
import { isRoute, route } from '@tributary/route';
window.built = route\`/wiki/api/v2/pages/\${65_538}?title=\${'Plans & été'}\`;
window.isRoute = isRoute(window.built);
try {
  route\`/wiki/api/v2/pages/\${'../../admin'}\`;
} catch (error) {
  window.refusal = { code: error.code, parameter: error.parameter };
}
</script>`;

describe.skipIf(!hasChromium)('route, as a plain module of a page', () => {
  let server: Listening;
  let browser: Browser;
  let page: Page;
  const failures: string[] = [];

  const serve: RequestListener = async (request, response) => {
    const [, folder, file] = request.url?.split('/') ?? [];
    if (folder !== 'route') {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(PAGE);
      return;
    }
    const text = await readFile(new URL(file ?? '', published)).catch(() => undefined);
    if (text === undefined) response.statusCode = 404;
    response.setHeader('content-type', 'text/javascript').end(text);
  };

  beforeAll(async () => {
    server = await listen(serve);
    browser = await connectChromium();
    page = await browser.newPage();
    page.on('pageerror', (error) => failures.push(error.message));
    await page.goto(`${server.origin}/`);
    await page.waitForFunction('window.refusal !== undefined');
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test('builds the path that Node builds', async () => {
    expect(failures).toEqual([]);
    expect(await page.evaluate('[built.value, built.template, isRoute]')).toEqual([
      '/wiki/api/v2/pages/65538?title=Plans%20%26%20%C3%A9t%C3%A9',
      '/wiki/api/v2/pages/{}',
      true,
    ]);
  });

  test('refuses what would leave the path', async () => {
    expect(await page.evaluate('refusal')).toEqual({
      code: 'ROUTE_PATH_MANIPULATION',
      parameter: 0,
    });
  });
});
