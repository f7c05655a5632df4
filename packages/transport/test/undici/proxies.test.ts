import { inspect } from 'node:util';
import { NetworkError, RedirectError } from '@tributary/pipeline';
import { testAuthority } from '@tributary/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { kyTerminal, serviceFetch } from '../../src/index.js';
import { undiciTerminal } from '../../src/undici/index.js';
import { proxiesFromEnv } from '../../src/undici/proxies.js';
import { callTo, failure } from '../support/calls.js';
import { json, serve } from '../support/serve.js';
import { serveHttps, serveProxy } from './support.js';

const SITE = 'site.example';
const authority = testAuthority();
const identity = authority.issue({ hosts: [SITE, '127.0.0.1', 'media.example'] });
const { ca } = authority;
const NAMES = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'REQUEST_METHOD'];

beforeEach(() => {
  for (const name of NAMES) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toLowerCase(), undefined);
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const call = (overrides = {}) => callTo(`https://${SITE}/`, overrides);

describe.each(Object.entries({ ky: kyTerminal, undici: undiciTerminal }))(
  'the %s terminal',
  (_name, create) => {
    test('goes through the proxy of HTTPS_PROXY, with its user and password', async () => {
      await using site = await serveHttps(identity);
      await using proxy = await serveProxy(site.port, { password: 'pass word' });
      vi.stubEnv('HTTPS_PROXY', `http://user:pass%20word@127.0.0.1:${proxy.port}`);
      const terminal = create({ ca });
      const response = await terminal.send(call());
      expect(await response.json()).toEqual({ ok: true });
      expect(proxy.asked).toEqual([`${SITE}:443`]);
      expect(site.requests).toEqual([`GET ${SITE}/wiki/api/v2/pages/42`]);
      await terminal.dispose?.();
    });

    test('never asks a proxy for a loopback host', async () => {
      await using server = await serve(json);
      await using proxy = await serveProxy(1);
      for (const name of NAMES.slice(0, 2)) vi.stubEnv(name, `http://127.0.0.1:${proxy.port}`);
      const { port } = new URL(server.origin);
      const terminal = create();
      for (const host of ['127.0.0.1', 'localhost']) {
        const response = await terminal.send(callTo(`http://${host}:${port}/`));
        expect(await response.json()).toEqual({ ok: true });
      }
      expect(proxy.asked).toEqual([]);
      await terminal.dispose?.();
    });

    test('goes past it to what NO_PROXY lists', async () => {
      await using proxy = await serveProxy(1);
      vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${proxy.port}`);
      vi.stubEnv('NO_PROXY', '.invalid');
      const error = await failure(create().send(callTo('https://nowhere.invalid/')));
      expect(error).toMatchObject({ code: 'NETWORK_FAILED', sent: 'no' });
      expect(proxy.asked).toEqual([]);
    });

    test.each([
      [407, false, /user name and password \(407\).*HTTPS_PROXY/],
      [403, false, /refused to connect to the host \(403\).*NO_PROXY/],
      [502, true, /refused to connect to the host \(502\).*NO_PROXY/],
    ])('says what to do when the proxy answers %d', async (status, retryable, advice) => {
      await using proxy = await serveProxy(1);
      proxy.refuse(status);
      vi.stubEnv('HTTPS_PROXY', `http://user:hush-hush@127.0.0.1:${proxy.port}`);
      const terminal = create({ ca });
      const error = (await failure(terminal.send(call({ attempt: 2 })))) as NetworkError;
      expect(error).toBeInstanceOf(NetworkError);
      expect(error).toMatchObject({ sent: 'no', retryable, attempts: 2 });
      expect(error.message).toMatch(advice);
      expect(inspect(error) + inspect(terminal, { depth: 9, showHidden: true })).not.toContain(
        'hush',
      );
      await terminal.dispose?.();
    });

    test('says so when the proxy is not there', async () => {
      const gone = await serveProxy(1);
      await gone[Symbol.asyncDispose]();
      vi.stubEnv('HTTPS_PROXY', `http://user:hush-hush@127.0.0.1:${gone.port}`);
      const error = (await failure(create().send(call()))) as NetworkError;
      expect(error).toMatchObject({ code: 'NETWORK_FAILED', sent: 'no', retryable: true });
      expect(error.message).toMatch(/proxy that HTTPS_PROXY names can't be reached.*NO_PROXY/);
      expect(inspect(error)).not.toContain('hush');
    });

    test('names what to do about an authority that is not known, behind a proxy too', async () => {
      await using site = await serveHttps(identity);
      await using proxy = await serveProxy(site.port);
      vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${proxy.port}`);
      const error = (await failure(create().send(call()))) as NetworkError;
      expect(error).toMatchObject({ sent: 'no', retryable: false });
      expect(error.message).toMatch(/NODE_EXTRA_CA_CERTS.*--use-system-ca/);
    });

    test('refuses a proxy that is none, without showing it', async () => {
      for (const value of ['ftp://user:hush@proxy', 'http://user:hush@:port']) {
        vi.stubEnv('HTTPS_PROXY', value);
        const error = await failure(create().send(call()));
        expect(error).toMatchObject({ code: 'CONFIG_INVALID', field: 'HTTPS_PROXY' });
        expect(inspect(error)).not.toContain('hush');
      }
    });

    describe('from a public site', () => {
      const redirect = async (location: string) => {
        await using site = await serveHttps(identity);
        await using proxy = await serveProxy(site.port);
        vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${proxy.port}`);
        const terminal = create({ ca });
        const headers = { 'x-location': location };
        try {
          const result = await terminal
            .send(call({ path: '/away', headers }))
            .catch((error: unknown) => error);
          return { result, asked: [...proxy.asked], requests: [...site.requests] };
        } finally {
          await terminal.dispose?.();
        }
      };

      test.each([
        'https://127.0.0.1/x',
        'https://localhost/x',
        'https://[::1]/x',
        'https://10.0.0.1/x',
        'https://172.16.9.9/x',
        'https://192.168.1.1/x',
        'https://169.254.169.254/latest/meta-data',
        'https://[fe80::1]/x',
        'https://[fd00::1]/x',
        'https://[::ffff:127.0.0.1]/x',
        'https://metadata.google.internal/x',
        'https://2130706433/x',
        'https://0x7f.1/x',
        'http://media.example/x',
      ])('no redirect leads to %s', async (location) => {
        const { result, asked, requests } = await redirect(location);
        expect(result).toBeInstanceOf(RedirectError);
        expect(asked).toEqual([`${SITE}:443`]);
        expect(requests).toHaveLength(1);
      });

      test('a redirect leads to another public one', async () => {
        const { result, asked } = await redirect('https://media.example/x');
        expect(result).toMatchObject({ status: 200 });
        expect(asked).toEqual([`${SITE}:443`, 'media.example:443']);
      });
    });
  },
);

describe('serviceFetch', () => {
  test('takes the same way, and trusts the same authorities', async () => {
    await using site = await serveHttps(identity);
    await using proxy = await serveProxy(site.port);
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${proxy.port}`);
    const fetch = serviceFetch({ ca });
    expect(await (await fetch(`https://${SITE}/token`)).json()).toEqual({ ok: true });
    expect(proxy.asked).toEqual([`${SITE}:443`]);
    await fetch.dispose();
    expect(await failure(fetch(`https://${SITE}/token`))).toMatchObject({ code: 'CHAIN_INVALID' });
  });
});

describe('the environment', () => {
  test.each([
    [{}, undefined],
    [{ HTTPS_PROXY: '' }, undefined],
    [{ HTTPS_PROXY: 'p:1' }, ['http://p:1', '', '']],
    [{ HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:1' }, ['http://b:1', '', '']],
    [{ HTTP_PROXY: 'http://a:1' }, ['', 'http://a:1', '']],
    // A CGI script's HTTP_PROXY is a header of whoever called it.
    [{ HTTP_PROXY: 'http://a:1', REQUEST_METHOD: 'GET' }, undefined],
    [{ http_proxy: 'http://a:1', REQUEST_METHOD: 'GET' }, ['', 'http://a:1', '']],
    [{ HTTPS_PROXY: 'https://p:1', NO_PROXY: 'x' }, ['https://p:1', '', 'x']],
    [{ HTTPS_PROXY: 'https://p:1', NO_PROXY: 'x', no_proxy: 'y' }, ['https://p:1', '', 'y']],
  ] as const)('%j', (env, expected) => {
    const proxies = proxiesFromEnv(env as Record<string, string>);
    expect(proxies && [proxies.httpsProxy, proxies.httpProxy, proxies.noProxy]).toEqual(expected);
  });
});
