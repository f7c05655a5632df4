import { apiToken, bearer, cloud, oauth, singleUser } from '@tributary/auth-providers';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { type Sandbox, startSandbox } from '@tributary/sandbox';
import { staticProvider } from '@tributary/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createTributary,
  ensureOk,
  ResponseError,
  route,
  type TributaryOptions,
  VerificationError,
} from '../src/index.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const open = (options: Partial<TributaryOptions>) =>
  createTributary({ site: cloud(sandbox.siteUrl, { gateway: sandbox.gatewayUrl }), ...options });
const token = () => {
  const { email, apiToken: classic } = sandbox.people.editor;
  return apiToken({ email, token: classic });
};
const inWeb = <T>(work: () => T): T =>
  runInInvocation(createInvocation({ surface: 'web', user: { id: 'u1' } }), work);

describe('verify', () => {
  test('tells whose the credential is, as the app and as the user', async () => {
    await using tributary = open({ app: token(), user: singleUser(token()) });
    const { accountId, displayName } = sandbox.people.editor;
    const identity = { accountId, displayName, site: `${sandbox.siteUrl}/` };
    expect(await tributary.verify({ as: 'app' })).toEqual(identity);
    expect(await tributary.verify({ as: 'user' })).toEqual(identity);
  });

  test('goes to the site of the invocation', async () => {
    const site = cloud(sandbox.siteUrl, { gateway: sandbox.gatewayUrl });
    await using tributary = createTributary({ app: token() });
    const asked = runInInvocation(createInvocation({ surface: 'background', site }), () =>
      tributary.verify({ as: 'app' }),
    );
    expect(await asked).toMatchObject({ site: site.url });
    await expect(tributary.verify({ as: 'app' })).rejects.toMatchObject({ field: 'site' });
  });

  test('says what to do about a bad one', async () => {
    const app = apiToken({ email: sandbox.people.editor.email, token: 'not-a-token' });
    await using tributary = open({ app });
    const error = await tributary.verify({ as: 'app' }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(VerificationError);
    expect(error).toMatchObject({ status: 401, message: expect.stringContaining('scoped: true') });
  });

  test.each([
    ['no credential', { as: 'app' }, 'app'],
    ['one that can not', { as: 'user' }, 'user'],
    ['nobody', { as: 'none' }, 'as'],
    ['nothing', {}, 'as'],
  ])('%s is a config error', async (_, options, field) => {
    const user = staticProvider({ base: `${sandbox.siteUrl}/`, authorization: 'Bearer x' });
    await using tributary = open({ user });
    const work = inWeb(() => tributary.verify(options as never));
    await expect(work).rejects.toMatchObject({ code: 'CONFIG_INVALID', field });
  });

  test('keeps to who may be asked about', async () => {
    await using single = open({ user: singleUser(token()) });
    const visiting = inWeb(() => single.verify({ as: 'user' }));
    await expect(visiting).rejects.toMatchObject({ code: 'PRINCIPAL_UNAVAILABLE' });

    const { clientId, clientSecret, redirectUris } = sandbox.client;
    const user = oauth({
      clientId,
      clientSecret,
      redirectUri: redirectUris[0] ?? '',
      authorizationServer: sandbox.authUrl,
      scopes: ['read:me'],
    });
    await using many = open({ user });
    await expect(many.verify({ as: 'user' })).rejects.toMatchObject({
      code: 'PRINCIPAL_UNAVAILABLE',
    });
    const ungranted = inWeb(() => many.verify({ as: 'user' }));
    await expect(ungranted).rejects.toMatchObject({ code: 'VERIFICATION_FAILED' });
  });

  test('ends with its signal, and with the client', async () => {
    const tributary = open({ app: token() });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(tributary.verify({ as: 'app', signal })).rejects.toThrow('enough');
    await tributary[Symbol.asyncDispose]();
    await expect(tributary.verify({ as: 'app' })).rejects.toMatchObject({ code: 'CHAIN_INVALID' });
  });
});

describe('ensureOk of a refusal', () => {
  const failure = async (options: Partial<TributaryOptions>, path = route`/wiki/api/v2/spaces`) => {
    await using tributary = open(options);
    const error = await ensureOk(tributary.asApp().requestConfluence(path)).catch(
      (reason: unknown) => reason,
    );
    if (!(error instanceof ResponseError)) throw error;
    return error;
  };

  test('says what the table says, and Confluence itself', async () => {
    const { email, scopedToken } = sandbox.people.editor;
    const wrongBase = await failure({ app: bearer('token', { base: 'site' }) });
    expect(wrongBase.message).toContain("Leave out base: 'site'");
    const atSite = await failure({ app: apiToken({ email, token: scopedToken }) });
    expect(atSite).toMatchObject({ status: 401, message: expect.stringContaining('scoped: true') });

    const scoped = { app: apiToken({ email, token: scopedToken, scoped: true }) };
    const gone = await failure(scoped, route`/wiki/rest/api/content/${65538}`);
    expect(gone.message).toMatch(/GoneException.*GET \/wiki\/api\/v2\/pages\/\{\}/);

    const body = { code: 401, message: 'Unauthorized; scope does not match' };
    sandbox.failNext({ status: 401, body });
    const scope = await failure(scoped);
    expect(scope.title).toBe(body.message);
    expect(scope.message).toMatch(/scope does not match.*wants read:space:confluence;/);
  });

  test('an endless 403 is read to its bound, and let go', async () => {
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1024).fill(32)),
      cancel: () => {
        cancelled = true;
      },
    });
    await expect(ensureOk(new Response(endless, { status: 403 }))).rejects.toThrow(/licence/);
    expect(cancelled).toBe(true);
  });
});
