import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { freePort } from './support/loopback.js';

const run = promisify(execFile);

/** An app of its own process, whose browser keeps connections open. */
const script = (port: number, knock: string): string => `
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
  const prompt = terminalPrompt({ open, timeout: 300, output: { write() {} } });
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
    (port: number) =>
      `get({ host: '127.0.0.1', port: ${port}, path: '/callback?code=c&state=s', agent,
         headers: { host: 'localhost:${port}' } }, (response) => response.resume());`,
  ],
  ['CONSENT_TIMEOUT', () => ''],
])('the process ends by itself: %s', async (outcome, knock) => {
  const port = await freePort();
  const code = script(port, knock(port));
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    timeout: 10_000,
  });
  expect(stdout.trim()).toBe(outcome);
});
