import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { freePort } from './support/loopback.js';

const run = promisify(execFile);

/** An app of its own process, whose browser keeps connections open. */
const script = (port: number, timeout: number, knock: string): string => `
  import { Agent, get } from 'node:http';
  import { connect } from 'node:net';
  import { terminalPrompt } from '@tributary/consent/terminal';
  const agent = new Agent({ keepAlive: true });
  const flow = {
    redirectUri: 'http://localhost:${port}/callback',
    allowsAnyLoopbackPort: false,
    scopes: [],
    start: async () => ({ url: 'https://auth.example/', state: 's', scopes: [] }),
    complete: async () => ({ accountId: 'a' }),
  };
  const open = () => {
    connect(${port}, '127.0.0.1').on('error', () => {});
    ${knock}
  };
  const prompt = terminalPrompt({ open, timeout: ${timeout}, output: { write() {} } });
  const site = { deployment: 'cloud', url: 'https://example.atlassian.net/' };
  const { signal } = new AbortController();
  await prompt.ask({ site, scopes: [], flow }, { signal }).then(
    () => console.log('granted'),
    (error) => console.log(error.code),
  );
`;

it.each([
  [
    'granted',
    600_000,
    (port: number) =>
      `get({ host: '127.0.0.1', port: ${port}, path: '/callback?code=c&state=s', agent,
         headers: { host: 'localhost:${port}' } }, (response) => response.resume());`,
  ],
  ['CONSENT_TIMEOUT', 300, () => ''],
])('the process ends by itself: %s', async (outcome, timeout, knock) => {
  const port = await freePort();
  const code = script(port, timeout, knock(port));
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    timeout: 25_000,
  });
  expect(stdout.trim()).toBe(outcome);
});
