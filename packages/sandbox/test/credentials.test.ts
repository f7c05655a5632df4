import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../src/index.js';
import { basic, bearer, obtainTokens, send, startCallback } from './sandbox-client.js';

let sandbox: Sandbox;
let callback: Awaited<ReturnType<typeof startCallback>>;
let token: string;

beforeAll(async () => {
  callback = await startCallback();
  sandbox = await startSandbox({ redirectUris: [callback.redirectUri] });
  const scope = 'read:space:confluence read:confluence-user read:me';
  token = (await obtainTokens(sandbox, callback, scope)).access_token;
});
afterAll(async () => {
  callback.close();
  await sandbox.close();
});

const spaces = '/wiki/api/v2/spaces';
const current = '/wiki/rest/api/user/current';
const gateway = (path: string, cloudId = sandbox.cloudId) =>
  `${sandbox.gatewayUrl}/ex/confluence/${cloudId}${path}`;

describe('the site', () => {
  test('takes a classic token', async () => {
    const answer = await send(sandbox.siteUrl + current, basic(sandbox.people.reader));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      type: 'known',
      accountId: sandbox.people.reader.accountId,
      email: sandbox.people.reader.email,
    });
    expect(answer.headers.get('x-seraph-loginreason')).toBe('OK');
  });

  test.each(['scoped token', 'Bearer token'])('refuses a %s everywhere', async (kind) => {
    const headers =
      kind === 'scoped token' ? basic(sandbox.people.editor, 'scopedToken') : bearer(token);
    for (const path of [spaces, current]) {
      const answer = await send<string>(sandbox.siteUrl + path, headers);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toMatch('text/html');
      expect(answer.headers.get('x-seraph-loginreason')).toBe('AUTHENTICATED_FAILED');
      expect(answer.headers.get('www-authenticate')).toMatch(/^OAuth realm=/);
    }
  });

  test('takes a wrong password for an anonymous visitor, where those may look', async () => {
    const wrong = basic({ ...sandbox.people.admin, apiToken: 'expired' });
    const list = await send<{ results: { key: string }[] }>(sandbox.siteUrl + spaces, wrong);
    expect(list.status).toBe(200);
    expect(list.body.results.map(({ key }) => key)).toEqual(['HELP']);
    expect(list.headers.get('x-seraph-loginreason')).toBe('AUTHENTICATED_FAILED');
    expect((await send(sandbox.siteUrl + current, wrong)).status).toBe(401);
    const write = await send(`${sandbox.siteUrl}/wiki/api/v2/pages`, wrong, { method: 'POST' });
    expect(write.status).toBe(401);
  });

  test('knows nobody without a credential', async () => {
    const answer = await send(sandbox.siteUrl + current);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ type: 'anonymous' });
  });

  test('tells its cloudId to everybody', async () => {
    const answer = await send(`${sandbox.siteUrl}/_edge/tenant_info`);
    expect(answer.body).toEqual({ cloudId: sandbox.cloudId });
    expect(sandbox.cloudId).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  });

  test.each(['Basic', 'Basic !!!', 'Basic Og==', 'Nonsense', 'Digest x', ''])(
    'survives the header "%s"',
    async (authorization) => {
      const answer = await send(sandbox.siteUrl + current, { authorization });
      expect([200, 401]).toContain(answer.status);
    },
  );
});

describe('the gateway', () => {
  test('takes an OAuth token and a scoped token', async () => {
    const { editor } = sandbox.people;
    for (const headers of [bearer(token), basic(editor, 'scopedToken')]) {
      const answer = await send(gateway(current), headers);
      expect(answer.body).toMatchObject({ accountId: editor.accountId });
      // The documentation shows v1 without /wiki too.
      expect((await send(gateway('/rest/api/user/current'), headers)).status).toBe(200);
    }
  });

  test.each(['nothing', 'a classic token', 'a wrong password', 'a wrong token'])(
    'refuses %s',
    async (kind) => {
      const { editor } = sandbox.people;
      const headers = {
        nothing: {},
        'a classic token': basic(editor),
        'a wrong password': basic({ ...editor, scopedToken: 'no' }, 'scopedToken'),
        'a wrong token': bearer('no-such-token'),
      }[kind];
      for (const url of [
        gateway(spaces),
        gateway(current),
        `${sandbox.gatewayUrl}/me`,
        `${sandbox.gatewayUrl}/oauth/token/accessible-resources`,
      ]) {
        const answer = await send(url, headers);
        expect(answer.status).toBe(401);
        expect(answer.body).toEqual({ code: 401, message: 'Unauthorized' });
        expect(answer.headers.get('x-failure-category')).toBeNull();
      }
    },
  );

  test('knows its own cloudId only', async () => {
    const other = gateway(spaces, '00000000-0000-4000-8000-000000000000');
    const answer = await send(other, bearer(token));
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({ code: 404, message: 'Not Found' });
  });

  test('has no site paths, and the site no gateway paths', async () => {
    expect((await send(sandbox.gatewayUrl + spaces, bearer(token))).status).toBe(404);
    const path = `/ex/confluence/${sandbox.cloudId}${spaces}`;
    expect((await send(sandbox.siteUrl + path, bearer(token))).status).toBe(404);
  });

  test('links to the site, as in real life', async () => {
    interface Linked {
      readonly _links: { readonly next: string; readonly base: string };
    }
    const { body } = await send<Linked>(gateway(`${spaces}?limit=1`), bearer(token));
    expect(body._links.base).toBe(`${sandbox.siteUrl}/wiki`);
    expect(body._links.next).toMatch(/^\/wiki\/api\/v2\/spaces\?cursor=/);
    const next = await send(gateway(body._links.next), bearer(token));
    expect(next.status).toBe(200);
  });

  test('refuses an endpoint whose scope is missing, and says so', async () => {
    const answer = await send(gateway('/wiki/api/v2/pages'), bearer(token));
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ code: 401, message: 'Unauthorized; scope does not match' });
    expect(answer.headers.get('x-failure-category')).toBe('FAILURE_CLIENT_SCOPE_CHECK');
  });

  test.each(['/wiki/rest/api/content/98305', '/rest/api/content', '/wiki/rest/api/space'])(
    'has no %s any more',
    async (path) => {
      const answer = await send<{ message: string }>(gateway(path), bearer(token));
      expect(answer.status).toBe(410);
      expect(answer.body.message).toContain('GoneException: This deprecated endpoint');
    },
  );

  test('v1 content still stands on the site', async () => {
    const url = `${sandbox.siteUrl}/wiki/rest/api/content/98305?expand=body.storage`;
    const answer = await send(url, basic(sandbox.people.editor));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ id: '98305', type: 'page', body: { storage: {} } });
  });

  test('names the person and the site', async () => {
    const { editor } = sandbox.people;
    const me = await send(`${sandbox.gatewayUrl}/me`, bearer(token));
    expect(me.body).toMatchObject({ account_id: editor.accountId, email: editor.email });
    const sites = await send(
      `${sandbox.gatewayUrl}/oauth/token/accessible-resources`,
      bearer(token),
    );
    expect(sites.body).toMatchObject([
      {
        id: sandbox.cloudId,
        url: sandbox.siteUrl,
        scopes: ['read:space:confluence', 'read:confluence-user'],
      },
    ]);
  });
});

test.each(['site', 'gateway'] as const)('every answer of the %s has a trace id', async (name) => {
  const base = name === 'site' ? sandbox.siteUrl : gateway('');
  for (const path of ['/wiki/api/v2/spaces', '/wiki/api/v2/pages/1', '/nowhere']) {
    const { headers } = await send(base + path);
    expect(headers.get('atl-traceid')).toMatch(/^[\da-f]{32}$/);
  }
});

test.each(['site', 'gateway'] as const)(
  'multipart at the %s needs the XSRF header',
  async (name) => {
    const base = name === 'site' ? sandbox.siteUrl : gateway('');
    const auth = name === 'site' ? basic(sandbox.people.editor) : bearer(token);
    const post = (headers: Record<string, string>) => {
      const body = new FormData();
      body.set('file', new Blob(['x']), 'x.txt');
      const path = '/wiki/rest/api/content/98305/child/nothing';
      return send<unknown>(base + path, { ...auth, ...headers }, { method: 'POST', body });
    };
    const refused = await post({});
    expect(refused.status).toBe(403);
    expect(refused.body).toBe('XSRF check failed');
    const vouched = { 'x-atlassian-token': 'no-check' };
    expect((await post(vouched)).status).toBe(404);
    expect((await post({ ...vouched, 'user-agent': 'Mozilla/5.0' })).status).toBe(403);
  },
);
