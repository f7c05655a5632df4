import { AuthorizationServerError, ConsentError } from '@tributary/pipeline';
import { fakeClock } from '@tributary/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { terminalPrompt } from '../src/terminal/index.js';
import { type FakeFlow, fakeFlow, requestFor } from './support/fake-flow.js';
import { freePort, hasIpv6, isFree, occupy, release } from './support/loopback.js';
import { deferred, rejectionOf } from './support/outcome.js';
import { askInTerminal } from './support/terminal-round.js';

let port = 0;
beforeEach(async () => {
  port = await freePort();
});

describe('the terminal prompt', () => {
  it('exchanges the code, then shows a plain done page that nothing keeps or embeds', async () => {
    const round = await askInTerminal(port);
    const page = await round.knock({});
    expect(await round.outcome).toBe('granted');
    expect(page.status).toBe(200);
    expect(page.text).toContain('Access granted');
    expect(round.flow.exchanged.map((params) => params.get('code'))).toEqual(['c']);
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      connection: 'close',
    });
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(page.text).not.toMatch(/<script|<img|<link|style=/);
    expect(await isFree('127.0.0.1', port)).toBe(true);
  });

  it('shows the page only after the exchange', async () => {
    const exchange = deferred<void>();
    const round = await askInTerminal(port, {}, { complete: () => exchange.promise });
    let isShown = false;
    const page = round.knock({}).then((answer) => {
      isShown = true;
      return answer;
    });
    await expect.poll(() => round.flow.exchanged.length).toBe(1);
    expect(isShown).toBe(false);
    exchange.resolve();
    expect((await page).text).toContain('Access granted');
  });

  it('registers its own port where the server allows any, and only there', async () => {
    const redirectUri = 'http://127.0.0.1/callback';
    const round = await askInTerminal(port, {}, { redirectUri, allowsAnyLoopbackPort: true });
    const used = round.flow.started[0]?.redirectUri ?? '';
    expect(used).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    await round.knock({ port: Number(new URL(used).port) });
    expect(await round.outcome).toBe('granted');
  });

  it('receives on both families of localhost', async () => {
    const round = await askInTerminal(
      port,
      {},
      { redirectUri: `http://localhost:${port}/callback` },
    );
    const headers = { host: `localhost:${port}` };
    expect((await round.knock({ path: '/nothing', headers })).status).toBe(400);
    const host = hasIpv6 ? '::1' : '127.0.0.1';
    expect((await round.knock({ host, headers })).status).toBe(200);
    expect(await round.outcome).toBe('granted');
  });

  it('refuses a second arrival of the same state', async () => {
    const exchange = deferred<void>();
    const round = await askInTerminal(port, {}, { complete: () => exchange.promise });
    const first = round.knock({});
    await expect.poll(() => round.flow.exchanged.length).toBe(1);
    const second = await round.knock({});
    expect(second.status).toBe(400);
    expect(second.text).toContain('already used');
    exchange.resolve();
    expect((await first).status).toBe(200);
    expect(round.flow.exchanged).toHaveLength(1);
  });

  it.each([
    ['says so', () => Promise.reject(new ConsentError('CONSENT_DENIED', 'No.'))],
    [
      'only repeats the error',
      () => Promise.reject(new AuthorizationServerError('x', { error: 'access_denied' })),
    ],
    ['overlooks it', () => Promise.resolve()],
  ])('turns a denial into CONSENT_DENIED and a page when the flow %s', async (_, complete) => {
    const round = await askInTerminal(port, {}, { complete });
    const page = await round.knock({ path: `/callback?error=access_denied&state=${round.state}` });
    expect(page.status).toBe(200);
    expect(page.text).toContain('Access not granted');
    expect(await round.outcome).toMatchObject({ name: 'ConsentError', code: 'CONSENT_DENIED' });
    expect(await isFree('127.0.0.1', port)).toBe(true);
  });

  it('shows a failed exchange on the page, escaped, and rejects with it', async () => {
    const failure = new AuthorizationServerError('<img src=x> \u001b[2J & "more"', {
      error: 'invalid_client',
    });
    const round = await askInTerminal(port, {}, { complete: () => Promise.reject(failure) });
    const page = await round.knock({});
    expect(page.status).toBe(500);
    expect(page.text).toContain('&lt;img src=x&gt; \\u{1b}[2J &amp; &quot;more&quot;');
    expect(await round.outcome).toBe(failure);
    expect(await isFree('127.0.0.1', port)).toBe(true);
  });

  it('does not show what a foreign error says', async () => {
    const failure = new Error('code=secret');
    const round = await askInTerminal(port, {}, { complete: () => Promise.reject(failure) });
    expect((await round.knock({})).text).not.toContain('secret');
    expect(await round.outcome).toBe(failure);
  });

  it.each([
    ['before the answer', async () => {}],
    [
      'during the exchange',
      async (round: { knock(request: object): Promise<unknown>; flow: FakeFlow }) => {
        round.knock({}).catch(() => {});
        await expect.poll(() => round.flow.exchanged.length).toBe(1);
      },
    ],
  ])('closes on an abort %s', async (_, act) => {
    const round = await askInTerminal(port, {}, { complete: () => new Promise(() => {}) });
    await act(round);
    const reason = new Error('enough');
    round.abort(reason);
    expect(await round.outcome).toBe(reason);
    expect(await isFree('127.0.0.1', port)).toBe(true);
  });

  it('closes when its own time is up', async () => {
    const clock = fakeClock();
    const round = await askInTerminal(port, { clock, timeout: 1_000 });
    await clock.advance(1_000);
    expect(await round.outcome).toMatchObject({ code: 'CONSENT_TIMEOUT' });
    expect(await isFree('127.0.0.1', port)).toBe(true);
  });

  it.each([
    ['that say nothing', ''],
    ['in the middle of a request', 'GET /callback HTTP/1.1\r\nHost: loc'],
  ])('closes connections %s', async (_, text) => {
    const round = await askInTerminal(port);
    const { connect } = await import('node:net');
    const spare = connect(port, '127.0.0.1');
    const isClosed = new Promise((resolve) => spare.once('close', resolve));
    spare.on('error', () => {});
    await new Promise((resolve) => spare.once('connect', resolve));
    spare.write(text);
    await round.knock({});
    expect(await round.outcome).toBe('granted');
    await isClosed;
  });

  it('asks again on the same port', async () => {
    for (const _ of [1, 2]) {
      const round = await askInTerminal(port);
      await round.knock({});
      expect(await round.outcome).toBe('granted');
    }
  });

  it('rejects before anything is opened when the port is busy', async () => {
    const other = await occupy('127.0.0.1', port);
    const error = await rejectionOf(askInTerminal(port));
    await release(other);
    expect(error).toMatchObject({ code: 'CONSENT_UNAVAILABLE' });
    expect(String(error)).toContain(`Port ${port}`);
  });

  it('closes when the flow can not start', async () => {
    const flow = fakeFlow({ redirectUri: `http://127.0.0.1:${port}/callback` });
    const broken = new AuthorizationServerError('no metadata');
    const start = () => Promise.reject(broken);
    const { signal } = new AbortController();
    const work = terminalPrompt({ output: { write() {} } }).ask(requestFor({ ...flow, start }), {
      signal,
    });
    expect(await rejectionOf(work)).toBe(broken);
    expect(await isFree('127.0.0.1', port)).toBe(true);
  });
});
