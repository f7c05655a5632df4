import type { RequestListener } from 'node:http';
import { ConfigError, ConsentError } from '@tributary/pipeline';
import { describe, expect, it } from 'vitest';
import { listenOnLoopback } from '../src/terminal/loopback-listener.js';
import { freePort, hasIpv6, isFree, knock, occupy, portOf, release } from './support/loopback.js';
import { rejectionOf } from './support/outcome.js';

const hello: RequestListener = (_, response) => response.end('hello');
const listen = (redirectUri: string, allowsAnyLoopbackPort = false) =>
  listenOnLoopback({ redirectUri, allowsAnyLoopbackPort }, hello);

describe('the loopback listener', () => {
  it('listens on exactly the literal that is registered', async () => {
    const port = await freePort();
    const listener = await listen(`http://127.0.0.1:${port}/callback`);
    expect(listener.redirectUri.href).toBe(`http://127.0.0.1:${port}/callback`);
    expect((await knock({ port, path: '/' })).text).toBe('hello');
    if (hasIpv6) await expect(knock({ host: '::1', port, path: '/' })).rejects.toThrow();
    await listener.close();
    expect(await isFree('127.0.0.1', port)).toBe(true);
  });

  it('listens for localhost on both families, where the machine has both', async () => {
    const port = await freePort();
    const listener = await listen(`http://localhost:${port}/callback`);
    expect(listener.redirectUri.href).toBe(`http://localhost:${port}/callback`);
    expect((await knock({ port, path: '/' })).text).toBe('hello');
    if (hasIpv6) expect((await knock({ host: '::1', port, path: '/' })).text).toBe('hello');
    await listener.close();
    expect(await isFree('127.0.0.1', port)).toBe(true);
    if (hasIpv6) expect(await isFree('::1', port)).toBe(true);
  });

  it.skipIf(!hasIpv6)('listens on [::1] alone', async () => {
    const port = await freePort();
    const listener = await listen(`http://[::1]:${port}/callback`);
    expect((await knock({ host: '::1', port, path: '/' })).text).toBe('hello');
    await expect(knock({ port, path: '/' })).rejects.toThrow();
    await listener.close();
  });

  it('takes a free port only where the server allows any', async () => {
    const listener = await listen('http://localhost/callback', true);
    const port = Number(listener.redirectUri.port);
    expect(port).toBeGreaterThan(1023);
    expect(listener.redirectUri.href).toBe(`http://localhost:${port}/callback`);
    expect((await knock({ port, path: '/' })).text).toBe('hello');
    await listener.close();
  });

  it('names the busy port and what to do', async () => {
    const other = await occupy('127.0.0.1', 0);
    const port = portOf(other);
    const error = await rejectionOf(listen(`http://127.0.0.1:${port}/callback`));
    await release(other);
    expect(error).toBeInstanceOf(ConsentError);
    expect(error).toMatchObject({ code: 'CONSENT_UNAVAILABLE', retryable: true });
    expect(String(error)).toContain(`Port ${port} on 127.0.0.1 is busy`);
    expect(String(error)).toContain('register a redirect URI with another port');
  });

  it.skipIf(!hasIpv6)('is busy too when somebody else holds the other family', async () => {
    const other = await occupy('::1', 0);
    const port = portOf(other);
    const error = await rejectionOf(listen(`http://localhost:${port}/callback`));
    await release(other);
    expect(String(error)).toContain(`Port ${port} on ::1 is busy`);
    expect(await isFree('127.0.0.1', port)).toBe(true);
  });

  it.each([
    ['https://localhost:53682/callback'],
    ['https://app.example/callback'],
    ['http://app.example/callback'],
    ['http://192.168.1.2:53682/callback'],
    ['http://0.0.0.0:53682/callback'],
    ['http://localhost.evil.example:53682/callback'],
    ['http://user@localhost:53682/callback'],
    ['http://localhost:53682/callback#part'],
    ['myapp://callback'],
    ['callback'],
  ])('refuses the redirect URI %s', async (redirectUri) => {
    const error = await rejectionOf(listen(redirectUri));
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).field).toBe('redirectUri');
  });
});
