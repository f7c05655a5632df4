import { inspect } from 'node:util';
import { NetworkError, RequestError } from '@tributary/pipeline';
import { describe, expect, test } from 'vitest';
import { kyTerminal } from '../src/index.js';
import { callTo, failure, SECRET } from './support/calls.js';
import { json, serve } from './support/serve.js';

const failWith =
  (error: unknown): typeof fetch =>
  () =>
    Promise.reject(error);

const fetchFailed = (cause: object) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('why'), cause) });

describe('network failures', () => {
  test.each([
    [{ code: 'ENOTFOUND' }, 'no', true, 'DNS'],
    [{ code: 'EAI_AGAIN' }, 'no', true, 'DNS'],
    [{ code: 'ECONNREFUSED' }, 'no', true, 'nothing listens'],
    [{ code: 'UND_ERR_CONNECT_TIMEOUT' }, 'no', true, 'firewall'],
    [{ code: 'EMFILE' }, 'no', true, 'ulimit'],
    [{ code: 'ETIMEDOUT', syscall: 'connect' }, 'no', true, ''],
    [{ code: 'ETIMEDOUT', syscall: 'read' }, 'unknown', true, ''],
    [{ code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 'no', false, 'NODE_EXTRA_CA_CERTS'],
    [{ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, 'no', false, 'NODE_EXTRA_CA_CERTS'],
    [{ code: 'CERT_HAS_EXPIRED' }, 'no', false, 'clock'],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'no', false, 'host name'],
    [{ code: 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE' }, 'no', false, '`cert` and `key`'],
    [{ code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' }, 'no', false, '`cert` and `key`'],
    [{ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }, 'no', false, '`cert` and `key`'],
    [{ code: 'ECONNRESET', syscall: 'read' }, 'unknown', true, 'cut'],
    [{ code: 'UND_ERR_SOCKET' }, 'unknown', true, 'cut'],
    [{ code: 'UND_ERR_HEADERS_TIMEOUT' }, 'unknown', true, ''],
    [{ code: 'UND_ERR_HEADERS_OVERFLOW' }, 'yes', false, '--max-http-header-size'],
    [{ code: 'constructor' }, 'unknown', true, ''],
    [{}, 'unknown', true, 'no code'],
  ] as const)('%j: sent %s, retryable %s', async (cause, sent, retryable, words) => {
    const terminal = kyTerminal({ fetch: failWith(fetchFailed(cause)) });
    const error = await failure(terminal.send(callTo('https://example.com/', { attempt: 2 })));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({
      sent,
      retryable,
      attempts: 2,
      template: '/wiki/api/v2/pages/{}',
    });
    expect((error as Error).message).toContain(words);
  });

  test('a name that does not exist, a port that speaks no TLS, a connection that is cut', async () => {
    await using server = await serve((_request, response) => response.destroy());
    const secure = server.origin.replace('http:', 'https:');
    for (const [base, code, sent] of [
      ['https://nothing.invalid/', /ENOTFOUND|EAI_AGAIN/, 'no'],
      [`${secure}/`, /SSL|EPROTO/, /no|unknown/],
      [`${server.origin}/`, /UND_ERR_SOCKET|ECONNRESET/, 'unknown'],
    ] as const) {
      const error = (await failure(kyTerminal().send(callTo(base)))) as NetworkError;
      expect(error).toBeInstanceOf(NetworkError);
      expect(error.message).toMatch(code);
      expect(error.sent).toMatch(sent);
    }
  });

  test('the cause is a copy without its fields, where headers, sockets and raw answers are', async () => {
    const request = { headers: { authorization: SECRET } };
    const root = Object.assign(new Error('why'), { code: 'ECONNRESET', request, data: SECRET });
    const terminal = kyTerminal({
      fetch: failWith(Object.assign(new TypeError('fetch failed', { cause: root }), { request })),
    });
    const error = (await failure(terminal.send(callTo('https://example.com/')))) as NetworkError;
    expect(error.cause).toMatchObject({ message: 'why', code: 'ECONNRESET' });
    for (const shown of [error, error.cause]) {
      expect(inspect(shown, { depth: 9, showHidden: true })).not.toContain('hush');
    }
  });

  test('what fetch refuses is a RequestError without fetch’s words, which quote values', async () => {
    const terminal = kyTerminal({ fetch: failWith(new TypeError(`"${SECRET}" is invalid`)) });
    const error = await failure(terminal.send(callTo('https://example.com/')));
    expect(error).toBeInstanceOf(RequestError);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hush');
  });

  test('a browser’s words for a failure are known', async () => {
    const terminal = kyTerminal({ fetch: failWith(new TypeError('Failed to fetch')) });
    const error = await failure(terminal.send(callTo('https://example.com/')));
    expect(error).toBeInstanceOf(NetworkError);
  });

  test('a failure after an answer is not mixed up with it', async () => {
    await using server = await serve(json);
    const response = await kyTerminal().send(callTo(`${server.origin}/`));
    expect(await response.json()).toEqual({ ok: true });
  });
});
