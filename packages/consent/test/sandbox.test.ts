import { NeedsAuthenticationError } from '@tributary/pipeline';
import { route } from '@tributary/route';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runWithConsent } from '../src/index.js';
import { isFree } from './support/loopback.js';
import { rejectionOf } from './support/outcome.js';
import { type SandboxApp, startApp } from './support/sandbox-app.js';

const user = { id: 'ada' };
let app: SandboxApp;

beforeEach(async () => {
  app = await startApp();
});
afterEach(async () => {
  expect(await isFree('127.0.0.1', Number(new URL(app.redirectUri).port))).toBe(true);
  await app[Symbol.asyncDispose]();
});

const spaces = () => app.get(route`/wiki/api/v2/spaces`);

/** What reached the gateway as a product call. */
const productCalls = () =>
  app.sandbox.requests
    .filter(({ path }) => path.includes('/wiki/api/v2/spaces'))
    .map(({ listener, status, headers }) => ({
      listener,
      status,
      hasCredential: headers.authorization !== undefined,
    }));

describe('against a real OAuth server', () => {
  it('asks on the first call, and the second run of the handler gets its answer', async () => {
    const prompt = app.prompt('editor');
    const runs: number[] = [];
    const response = await runWithConsent(
      ({ run }) => {
        runs.push(run);
        return spaces();
      },
      { prompt, user },
    );
    expect(response.status).toBe(200);
    expect(runs).toEqual([1, 2]);
    expect(prompt.asked).toBe(1);
    expect(productCalls()).toEqual([
      { listener: 'gateway', status: 401, hasCredential: false },
      { listener: 'gateway', status: 200, hasCredential: true },
    ]);
  });

  it('keeps the grant for the next handler of the same user, and for no one else', async () => {
    const { editor, reader } = app.sandbox.people;
    const whoAmI = () => app.whoAmI();
    await runWithConsent(whoAmI, { prompt: app.prompt('editor'), user });
    const unused = app.prompt('reader');
    expect(await runWithConsent(whoAmI, { prompt: unused, user })).toBe(editor.accountId);
    expect(unused.asked).toBe(0);
    const prompt = app.prompt('reader');
    const other = await runWithConsent(whoAmI, { prompt, user: { id: 'grace' } });
    expect(other).toBe(reader.accountId);
    expect(prompt.asked).toBe(1);
  });

  it('asks again when the grant is gone', async () => {
    await runWithConsent(spaces, { prompt: app.prompt('editor'), user });
    app.sandbox.revokeGrants();
    const prompt = app.prompt('editor');
    expect((await runWithConsent(spaces, { prompt, user })).status).toBe(200);
    expect(prompt.asked).toBe(1);
  });

  it('asks once for calls at the same time', async () => {
    const prompt = app.prompt('editor');
    const answers = await runWithConsent(() => Promise.all([spaces(), spaces(), app.whoAmI()]), {
      prompt,
      user,
    });
    expect(answers.slice(0, 2)).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(prompt.asked).toBe(1);
  });

  it('takes a denial for an answer', async () => {
    const prompt = app.prompt('editor', { deny: true });
    const error = await rejectionOf(runWithConsent(spaces, { prompt, user }));
    expect(error).toMatchObject({ code: 'CONSENT_DENIED' });
    expect(prompt.asked).toBe(1);
    expect(productCalls()).toHaveLength(1);
  });

  it('asks nobody when the handler catches', async () => {
    const prompt = app.prompt('editor');
    const handler = () => spaces().catch((error: unknown) => error);
    const caught = await runWithConsent(handler, { prompt, user });
    expect(caught).toBeInstanceOf(NeedsAuthenticationError);
    expect(caught).toMatchObject({ name: 'NEEDS_AUTHENTICATION_ERR', status: 401 });
    expect((caught as NeedsAuthenticationError).scopes).toContain('read:page:confluence');
    expect(prompt.asked).toBe(0);
  });

  it('returns a 200 that needed no grant', async () => {
    app.sandbox.failNext({ status: 200, body: 'for everybody', listener: 'gateway' });
    const prompt = app.prompt('editor');
    const response = await runWithConsent(spaces, { prompt, user });
    expect(await response.text()).toBe('for everybody');
    expect(prompt.asked).toBe(0);
    expect(productCalls()).toEqual([{ listener: 'gateway', status: 200, hasCredential: false }]);
  });

  it('rejects with the reason when the code can not be exchanged', async () => {
    app.sandbox.failNext({ status: 500, listener: 'auth', pathIncludes: '/oauth/token' });
    const prompt = app.prompt('editor');
    const error = await rejectionOf(runWithConsent(spaces, { prompt, user }));
    expect(error).toMatchObject({ code: 'AUTHORIZATION_SERVER', retryable: true });
    expect((await runWithConsent(spaces, { prompt, user })).status).toBe(200);
  });

  it('refuses a grant by another account than the one that invokes', async () => {
    const { accountId } = app.sandbox.people.reader;
    const prompt = app.prompt('editor');
    const error = await rejectionOf(
      runWithConsent(spaces, { prompt, user: { id: 'grace', accountId } }),
    );
    expect(error).toMatchObject({ code: 'CONSENT_CALLBACK' });
  });
});
