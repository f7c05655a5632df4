// An app that asks at the terminal that it was started in. Arguments: port, and what Ctrl-C shall do.
import { terminalPrompt } from '@tributary/consent/terminal';

const [port, onInterrupt] = process.argv.slice(2);
const controller = new AbortController();
if (onInterrupt === 'abort') process.once('SIGINT', () => controller.abort({ code: 'MINE' }));

const flow = {
  redirectUri: `http://127.0.0.1:${port}/callback`,
  allowsAnyLoopbackPort: false,
  scopes: ['read:page:confluence'],
  start: async () => ({ url: 'https://auth.example/?x', state: 'the-state', scopes: [] }),
  complete: async (_, callback) => {
    console.log(`code of ${callback.get('code').length} characters`);
    return { accountId: 'a' };
  },
};
const site = { deployment: 'cloud', url: 'https://example.atlassian.net/' };
const outcome = await terminalPrompt()
  .ask({ site, scopes: flow.scopes, flow }, { signal: controller.signal })
  .then(
    () => 'granted',
    ({ code, message }) => `${code}: ${message}`,
  );
console.log(`outcome=${outcome}`);
