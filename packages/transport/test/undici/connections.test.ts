import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { inspect, promisify } from 'node:util';
import { NetworkError } from '@tributary/pipeline';
import { testAuthority } from '@tributary/testing';
import { MockAgent } from 'undici';
import { describe, expect, test } from 'vitest';
import { kyTerminal } from '../../src/index.js';
import { undiciTerminal } from '../../src/undici/index.js';
import { callTo, failure } from '../support/calls.js';
import { json, serve } from '../support/serve.js';
import { serveHttps } from './support.js';

const terminals = Object.entries({ ky: kyTerminal, undici: undiciTerminal });

describe.each(terminals)('disposing of the %s terminal', (_name, create) => {
  test('ends a call that waits, and closes its connection', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    await using server = await serve((_request, response) => {
      closed = once(response, 'close');
      arrive();
    });
    const terminal = create();
    const sending = failure(terminal.send(callTo(`${server.origin}/`, { attempt: 2 })));
    await arrived;
    await terminal.dispose?.();
    const error = (await sending) as NetworkError;
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ sent: 'unknown', retryable: false, attempts: 2 });
    expect(error.message).toContain('disposed of');
    await closed;
  });

  test('ends a body that is read', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200).write('start');
    });
    const terminal = create();
    const response = await terminal.send(callTo(`${server.origin}/`));
    const reading = failure(response.text());
    await terminal.dispose?.();
    expect(await reading).toMatchObject({ code: 'NETWORK_FAILED', retryable: false });
  });

  test('closes idle connections, refuses later calls, and can be done twice', async () => {
    await using server = await serve(json);
    const terminal = create();
    await (await terminal.send(callTo(`${server.origin}/`))).text();
    await terminal.dispose?.();
    await terminal.dispose?.();
    expect(await failure(terminal.send(callTo(`${server.origin}/`)))).toMatchObject({
      code: 'CHAIN_INVALID',
    });
    expect(server.received).toHaveLength(1);
  });

  test('can be done before the first call', async () => {
    const terminal = create();
    await terminal.dispose?.();
    expect(await failure(terminal.send(callTo('http://127.0.0.1:9/')))).toMatchObject({
      code: 'CHAIN_INVALID',
    });
  });
});

describe('the process', () => {
  const run = async (code: string, ...flags: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...flags, '--input-type=module', '--eval', code],
      { cwd: import.meta.dirname, timeout: 25_000 },
    );
    return stdout.trim();
  };
  const call = `
    import { makeAuthenticatedCall } from '@tributary/testing';
    import { createServer } from 'node:http';
    const server = createServer((request, response) => answer(request, response));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = 'http://127.0.0.1:' + server.address().port + '/';
    const call = makeAuthenticatedCall({ base, credential: undefined });`;

  test('ends by itself, although connections are kept', async () => {
    const code = `${call}
      import { undiciTerminal } from '@tributary/transport/undici';
      const answer = (request, response) => response.end('{}');
      await (await undiciTerminal().send(call)).json();
      server.unref();
      console.log('done');`;
    expect(await run(code)).toBe('done');
  });

  test('loses no connection to long bodies that nobody reads', async () => {
    const code = `${call}
      import { undiciTerminal } from '@tributary/transport/undici';
      let closed = 0;
      const answer = (request, response) => {
        response.on('close', () => { closed += 1; });
        const timer = setInterval(() => response.write(new Uint8Array(65536)), 1);
        response.on('close', () => clearInterval(timer));
      };
      const terminal = undiciTerminal();
      for (let i = 0; i < 5; i += 1) await terminal.send(call);
      for (let i = 0; closed < 5 && i < 900; i += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        gc();
      }
      console.log(closed);
      process.exit();`;
    expect(await run(code, '--expose-gc')).toBe('5');
  });

  test('the undici entry loads neither a container nor, before the first call, undici', async () => {
    const code = `
      import { registerHooks } from 'node:module';
      const seen = [];
      registerHooks({ resolve(name, context, next) { seen.push(name); return next(name, context); } });
      await import('@tributary/transport/undici');
      console.log(seen.filter((name) => /^undici$|tsyringe|reflect/.test(name)).join());`;
    expect(await run(code)).toBe('');
  });

  test('nothing of it is loaded where a bundler sets the browser condition', async () => {
    const code = `console.log((await import('#network')).openNetwork);`;
    expect(await run(code, '--conditions=browser')).toBe('undefined');
    expect(await run(code)).toContain('[Function: openNetwork]');
  });
});

describe('options', () => {
  const authority = testAuthority();
  const identity = authority.issue();

  test.each([
    [{ ca: 'hush no PEM' }, 'ca'],
    [{ cert: identity.cert }, 'key'],
    [{ key: identity.key }, 'cert'],
    [{ cert: identity.cert, key: 'hush no PEM' }, 'key'],
    [{ cert: identity.cert, key: authority.issue().key }, 'key'],
  ])('%# are refused, and %s named', async (options, field) => {
    for (const [, create] of terminals) {
      const error = await failure(create(options).send(callTo('https://127.0.0.1:9/')));
      expect(error).toMatchObject({ code: 'CONFIG_INVALID', field });
      expect(inspect(error)).not.toContain('hush');
    }
  });

  test('several authorities are trusted, beside Node’s own', async () => {
    await using server = await serveHttps(identity);
    const other = testAuthority();
    const bytes = new TextEncoder().encode(authority.ca);
    for (const ca of [[other.ca, authority.ca], bytes]) {
      const terminal = undiciTerminal({ ca });
      const response = await terminal.send(callTo(`https://127.0.0.1:${server.port}/`));
      expect(response.status).toBe(200);
      await terminal.dispose?.();
    }
  });

  test('a body that stops coming fails after bodyTimeout', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200).write('start');
    });
    const terminal = undiciTerminal({ bodyTimeout: 50 });
    const response = await terminal.send(callTo(`${server.origin}/`));
    const error = (await failure(response.text())) as NetworkError;
    expect(error).toMatchObject({ code: 'NETWORK_FAILED', sent: 'yes', retryable: true });
    expect(error.message).toContain('bodyTimeout');
    await terminal.dispose?.();
  });

  test('a dispatcher of one’s own is used, and left open', async () => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    agent
      .get('https://example.com')
      .intercept({ path: '/wiki/api/v2/pages/42' })
      .reply(201, { mocked: true }, { headers: { 'x-a': 'b' } })
      .times(2);
    const terminal = undiciTerminal({ dispatcher: agent });
    const response = await terminal.send(callTo('https://example.com/'));
    expect([response.status, response.headers.get('x-a')]).toEqual([201, 'b']);
    expect(await response.json()).toEqual({ mocked: true });
    await terminal.dispose?.();
    await undiciTerminal({ dispatcher: agent }).send(callTo('https://example.com/'));
    await agent.close();
  });
});
