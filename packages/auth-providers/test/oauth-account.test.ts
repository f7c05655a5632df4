import { describe, expect, test } from 'vitest';
import { callbackFor, fakeAtlassian, ISSUER, keyOf, openOAuth } from './oauth-server.js';
import { CLOUD_ID, OTHER_ID } from './services.js';

describe('the callback', () => {
  test('of another account than the one that was asked stores nothing', async () => {
    const { consent, grants, links } = openOAuth();
    const work = consent('u1', 'eve', { accountId: 'ada' });
    await expect(work).rejects.toMatchObject({ code: 'CONSENT_CALLBACK' });
    expect(await grants.read(keyOf('eve'))).toBeUndefined();
    expect(await links.read({ issuer: ISSUER, clientId: 'client', userId: 'u1' })).toBeUndefined();
  });

  test('of another account leaves every grant and link as it was', async () => {
    const { consent, flowOf, callOf, grants, links } = openOAuth();
    await consent('u1', 'ada');
    await consent('u2', 'eve');
    const before = [await grants.read(keyOf('ada')), await grants.read(keyOf('eve'))];
    // More is asked of ada, whose grant stands, and eve happens to be logged in.
    const flow = flowOf(callOf('u1'));
    const pending = await flow.start();
    expect(pending.accountId).toBe('ada');
    const work = flow.complete(pending, callbackFor(pending, 'eve'));
    await expect(work).rejects.toThrow(/Another account granted .* nothing was stored/);
    const after = [await grants.read(keyOf('ada')), await grants.read(keyOf('eve'))];
    expect(after[0]).toBe(before[0]);
    expect(after[1]).toBe(before[1]);
    expect(await links.read({ issuer: ISSUER, clientId: 'client', userId: 'u1' })).toBe('ada');
  });

  test('of another account than one that granted since it was asked stores nothing', async () => {
    const { consent, flowOf, callOf, grants } = openOAuth();
    const flow = flowOf(callOf('u1'));
    const pending = await flow.start();
    expect(pending.accountId).toBeUndefined();
    await consent('u1', 'ada');
    const work = flow.complete(pending, callbackFor(pending, 'eve'));
    await expect(work).rejects.toMatchObject({ code: 'CONSENT_CALLBACK' });
    expect(await grants.read(keyOf('eve'))).toBeUndefined();
  });

  test('of another account is taken from a linked user without a grant', async () => {
    const { consent, grants, links } = openOAuth();
    await consent('u1', 'ada');
    await grants.delete(keyOf('ada'));
    expect(await consent('u1', 'eve')).toEqual({ accountId: 'eve' });
    expect(await links.read({ issuer: ISSUER, clientId: 'client', userId: 'u1' })).toBe('eve');
  });

  test('of the account that asUser(accountId) names is required of an unlinked user', async () => {
    const principal = { kind: 'user', accountId: 'ada' } as const;
    const opened = openOAuth();
    await expect(opened.consent('u1', 'eve', { principal })).rejects.toMatchObject({
      code: 'CONSENT_CALLBACK',
    });
    expect(await opened.consent('u1', 'ada', { principal })).toEqual({ accountId: 'ada' });
  });
});

describe('whose grant it is', () => {
  test('is told by Confluence where read:me is not asked for', async () => {
    const atlassian = fakeAtlassian({});
    atlassian.answerTokensWith((form) =>
      atlassian.issue(form.get('code')?.replace('code-of-', '') ?? '', {
        scope: 'read:confluence-user',
      }),
    );
    const opened = openOAuth(atlassian, { scopes: ['read:confluence-user'] });
    expect(await opened.consent('u1', 'ada')).toEqual({ accountId: 'ada' });
  });

  test('untold, stores nothing', async () => {
    const atlassian = fakeAtlassian();
    atlassian.answerTokensWith(() => atlassian.issue('ada', { scope: 'read:confluence-user' }));
    atlassian.listSites([]);
    await expect(openOAuth(atlassian).consent('u1', 'ada')).rejects.toMatchObject({
      code: 'AUTHORIZATION_SERVER',
    });
  });

  test('sites without a UUID are left out, and each is listed once', async () => {
    const opened = openOAuth();
    const url = 'https://example.atlassian.net';
    opened.atlassian.listSites([
      { id: CLOUD_ID, url, scopes: ['a'] },
      { id: CLOUD_ID, url, scopes: ['b'] },
      { id: '../..', url },
      { id: OTHER_ID },
      'x',
      null,
    ]);
    await opened.consent('u1', 'ada');
    expect((await opened.grants.read(keyOf('ada')))?.sites).toEqual([{ cloudId: CLOUD_ID, url }]);
  });
});
