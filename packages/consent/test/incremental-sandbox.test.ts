import { route } from '@tributary/route';
import { afterEach, expect, it } from 'vitest';
import { runWithConsent } from '../src/index.js';
import { rejectionOf } from './support/outcome.js';
import { type SandboxApp, startApp } from './support/sandbox-app.js';

const user = { id: 'ada' };
const ADDED = ['read:space:confluence', 'read:comment:confluence'];
const NARROW = ['read:page:confluence', 'read:confluence-user', 'offline_access'];

let app: SandboxApp;
afterEach(() => app[Symbol.asyncDispose]());

const start = async (incremental: boolean) => {
  app = await startApp({ scopes: NARROW, incremental });
};
const pages = () => app.get(route`/wiki/api/v2/pages?limit=1`);
const spaces = () => app.get(route`/wiki/api/v2/spaces`);

const grantedScopes = async () => {
  const found: (readonly string[])[] = [];
  for await (const key of app.grants.list({})) {
    found.push((await app.grants.read(key))?.scopes ?? []);
  }
  return found;
};

it('asks for both what was granted and what is missing, and the run after it succeeds', async () => {
  await start(true);
  const first = app.prompt('editor');
  expect((await runWithConsent(pages, { prompt: first, user })).status).toBe(200);
  expect(await grantedScopes()).toEqual([expect.not.arrayContaining(['read:space:confluence'])]);

  const second = app.prompt('editor');
  const runs: number[] = [];
  const [page, space] = await runWithConsent(
    async ({ run }) => {
      runs.push(run);
      return [await pages(), await spaces()] as const;
    },
    { prompt: second, user },
  );
  expect([page.status, space.status]).toEqual([200, 200]);
  expect(runs).toEqual([1, 2]);
  expect(second.requests).toHaveLength(1);
  expect(second.requests[0]).toMatchObject({
    scopes: expect.arrayContaining([...NARROW, 'read:space:confluence']),
    newScopes: ['read:space:confluence'],
    user,
  });
  expect(await grantedScopes()).toEqual([
    expect.arrayContaining(['read:page:confluence', 'read:space:confluence']),
  ]);
});

it('asks again for what the next call lacks, and keeps what came with the rounds before', async () => {
  await start(true);
  await runWithConsent(pages, { prompt: app.prompt('editor'), user });
  const prompt = app.prompt('editor');
  const runs: number[] = [];
  const answers = await runWithConsent(
    async ({ run }) => {
      runs.push(run);
      const { results } = await (await pages()).json();
      const [{ id }] = results;
      return [await spaces(), await app.get(route`/wiki/api/v2/pages/${id}/footer-comments`)];
    },
    { prompt, user },
  );
  expect(answers).toMatchObject([{ status: 200 }, { status: 200 }]);
  expect(runs).toEqual([1, 2, 3]);
  expect(prompt.requests.map(({ newScopes }) => newScopes)).toEqual([
    ['read:space:confluence'],
    ['read:comment:confluence'],
  ]);
  expect(await grantedScopes()).toEqual([
    expect.arrayContaining(['read:page:confluence', ...ADDED]),
  ]);
});

it('the old grant stays when the person says no, and works on', async () => {
  await start(true);
  await runWithConsent(pages, { prompt: app.prompt('editor'), user });
  const before = await grantedScopes();
  const prompt = app.prompt('editor', { deny: true });
  const error = await rejectionOf(runWithConsent(spaces, { prompt, user }));
  expect(error).toMatchObject({ code: 'CONSENT_DENIED' });
  expect(await grantedScopes()).toEqual(before);
  expect((await runWithConsent(pages, { prompt, user })).status).toBe(200);
  expect(prompt.asked).toBe(1);
});

it('is off by default: the 401 is the answer, and nobody is asked', async () => {
  await start(false);
  await runWithConsent(pages, { prompt: app.prompt('editor'), user });
  const prompt = app.prompt('editor');
  const response = await runWithConsent(spaces, { prompt, user });
  expect(response.status).toBe(401);
  expect(await response.text()).toContain('scope does not match');
  expect(prompt.asked).toBe(0);
});

it('asks once for what the server will not add to a grant', async () => {
  await start(true);
  await runWithConsent(pages, { prompt: app.prompt('editor'), user });
  const prompt = app.prompt('editor');
  // The sandbox's server knows no such scope, as Atlassian's doesn't know one that is not enabled.
  const answer = { code: 401, message: 'Unauthorized; scope does not match' };
  app.sandbox.failNext({
    times: 2,
    status: 401,
    listener: 'gateway',
    pathIncludes: '/whiteboards',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(answer),
  });
  const whiteboard = () => app.get(route`/wiki/api/v2/whiteboards/${1}`);
  const error = await rejectionOf(runWithConsent(whiteboard, { prompt, user }));
  expect(error).toMatchObject({ code: 'CONSENT_ROUNDS' });
  expect(String(error)).toContain('read:whiteboard:confluence');
  expect(prompt.asked).toBe(1);
});
