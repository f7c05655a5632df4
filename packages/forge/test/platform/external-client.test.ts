import { createTributary, type Tributary } from '@tributary/api';
import { dataCenter, dataCenterOAuth, personalAccessToken } from '@tributary/auth-providers';
import { runWithConsent } from '@tributary/consent';
import type { ConsentPrompt } from '@tributary/pipeline';
import { type Sandbox, startSandbox } from '@tributary/sandbox';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import * as dropIn from '../../src/drop-in/index.js';
import { externalClient, forgeBoundary, install, useTributary } from '../../src/index.js';
import { forgeApi } from '../support/forge-api.js';
import { askPerson, sandboxClient } from '../support/sandbox-client.js';

let sandbox: Sandbox;
let tributary: Tributary;
let wiki: Tributary;
let end = () => {};

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

beforeEach(() => {
  const { url, client } = sandbox.dataCenter;
  tributary = sandboxClient(sandbox, ['read:me']);
  wiki = createTributary({
    site: dataCenter(url),
    user: dataCenterOAuth({
      ...client,
      redirectUri: client.redirectUris[0] ?? '',
      scopes: ['READ'],
    }),
  });
});
afterEach(async () => {
  end();
  await tributary[Symbol.asyncDispose]();
  await wiki[Symbol.asyncDispose]();
});

const third = () => ({ externalAuth: { wiki: externalClient(wiki, { remotes: ['rest'] }) } });

/** Runs it as that person, who grants where they are asked, and how often they were. */
const visit = async <T>(
  as: 'editor' | 'reader',
  { externalAuth }: ReturnType<typeof third>,
  handler: () => Promise<T>,
) => {
  const terminal = askPerson(sandbox, as);
  const asked: string[] = [];
  const prompt: ConsentPrompt = {
    name: 'counting',
    ask(request, given) {
      asked.push(`${request.site.url} ${request.scopes.join(' ')}`);
      return terminal.ask(request, given);
    },
  };
  const handled = forgeBoundary(handler, { client: tributary, externalAuth });
  return { value: await runWithConsent(handled, { prompt, user: { id: as } }), asked };
};
test.for([
  ['install', forgeApi, install],
  ['the drop-in', dropIn as unknown as typeof forgeApi, useTributary],
] as const)(
  'a third party is called as its own user, who is asked once: %s',
  async ([, api, begin]) => {
    const given = third();
    end = begin(tributary, given);
    const handler = async () => {
      const there = api.asUser().withProvider('wiki', 'rest');
      if (!(await there.hasCredentials(['READ']))) await there.requestCredentials(['READ']);
      const response = await there.fetch('/rest/api/user/current?expand=x', {
        headers: { 'X-Mine': '1' },
      });
      return [(await there.getAccount())?.id, (await response.json()).displayName];
    };
    const { url } = sandbox.dataCenter;
    const [editor, reader] = await Promise.all([
      visit('editor', given, handler),
      visit('reader', given, handler),
    ]);
    const { people } = sandbox;
    expect(editor.value).toEqual([people.editor.userKey, people.editor.displayName]);
    expect(reader.value).toEqual([people.reader.userKey, people.reader.displayName]);
    expect(editor.asked).toEqual([`${url}/ READ`]);

    // Renewed by the client, once, and nobody is asked.
    sandbox.expireAccessTokens();
    sandbox.clearJournal();
    expect(await visit('editor', given, handler)).toEqual({ value: editor.value, asked: [] });
    expect(
      sandbox.requests.map(({ method, path, status }) => `${method} ${path} ${status}`),
    ).toEqual([
      'GET /confluence/rest/api/user/current?expand=x 401',
      'POST /confluence/rest/oauth2/latest/token 200',
      'GET /confluence/rest/api/user/current?expand=x 200',
    ]);
  },
);

test('whose grant is gone is asked anew; who is not there has no account', async () => {
  const given = third();
  end = install(tributary, given);
  const handler = async () => {
    const there = forgeApi.asUser().withProvider('wiki');
    if (!(await there.hasCredentials())) await there.requestCredentials();
    return (await there.fetch('/rest/api/user/current')).status;
  };
  expect(await visit('editor', given, handler)).toMatchObject({
    value: 200,
    asked: [expect.anything()],
  });
  sandbox.revokeGrants();
  await wiki.consent.revoke({ id: 'editor' });
  expect(await visit('editor', given, handler)).toMatchObject({
    value: 200,
    asked: [expect.anything()],
  });
  expect(await forgeApi.asUser().withProvider('wiki').listAccounts()).toEqual([]);
});

test('a client that nobody can grant to, or without a site, is refused at once', async () => {
  const { url } = sandbox.dataCenter;
  await using personal = createTributary({
    site: dataCenter(url),
    app: personalAccessToken({ token: 'token' }),
  });
  expect(() => externalClient(personal)).toThrow(/^user: /);
  await using nowhere = createTributary({});
  expect(() => externalClient(nowhere)).toThrow(/^client: must have a site/);
});
