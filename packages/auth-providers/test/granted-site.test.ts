import { type Call, createPipeline, noRetry, type Site } from '@tributary/pipeline';
import { fakeTerminal } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { authenticate, cloud, oauth, resolveProviders } from '../src/index.js';
import { callbackFor, fakeAtlassian, openOAuth, options } from './oauth-server.js';
import { CLOUD_ID, makeServices, OTHER_ID } from './services.js';

const HOUR = 3_600_000;
const GATEWAY = 'https://api.atlassian.com/';
const baseOf = (cloudId: string, product = 'confluence') => `${GATEWAY}ex/${product}/${cloudId}/`;
const ONE = { id: CLOUD_ID, url: 'https://one.atlassian.net', name: 'One' };
const TWO = { id: OTHER_ID, url: 'https://two.atlassian.net\u001b[31m', name: 'Two' };

/** An app without a site of its own, and a user who let it into these. */
const openApp = (...sites: readonly unknown[]) => {
  const atlassian = fakeAtlassian();
  atlassian.listSites(sites);
  const opened = openOAuth(atlassian);
  const { provider, callOf, flowOf } = opened;
  const { defaultSite: site } = provider;
  if (site === undefined) throw new Error('oauth() has no default site');
  const terminal = fakeTerminal(new Response('{}'));
  const { send } = createPipeline({
    resolve: resolveProviders({ user: provider, none: provider }),
    retry: noRetry,
    auth: authenticate(),
    transport: terminal,
  });
  return {
    ...opened,
    site,
    sent: terminal.outgoing,
    consent: async (id: string, account: string) => {
      const flow = flowOf(callOf(id, { site }));
      const pending = await flow.start();
      return flow.complete(pending, callbackFor(pending, account));
    },
    send: (id: string, overrides: Partial<Call> = {}) => send(callOf(id, { site, ...overrides })),
  };
};

const sentTo = ({ sent }: ReturnType<typeof openApp>) => sent.map(({ url }) => url.href);

describe('a call that names no site', () => {
  test('goes to the one that the user let the app into', async () => {
    const app = openApp(ONE, ONE);
    await app.consent('u1', 'ada');
    await app.send('u1', { path: '/wiki/api/v2/pages' });
    await app.send('u1', { product: 'jira', path: '/rest/api/3/myself' });
    expect(sentTo(app)).toEqual([
      `${baseOf(CLOUD_ID)}wiki/api/v2/pages`,
      `${baseOf(CLOUD_ID, 'jira')}rest/api/3/myself`,
    ]);
  });

  test('is an error that lists them where they are several, and nothing is sent', async () => {
    const app = openApp(ONE, TWO);
    await app.consent('u1', 'ada');
    const error = await app.send('u1').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', field: 'site' });
    expect(String(error)).toContain(
      'must be chosen: the grant covers https://one.atlassian.net (One), https://two.atlassian.net\\u{1b}[31m (Two)',
    );
    expect(app.sent).toEqual([]);
    // The consent is kept: a choice is all that is missing.
    await app.send('u1', { site: cloud('https://one.atlassian.net', { cloudId: CLOUD_ID }) });
    await app.send('u1', { site: cloud('https://two.atlassian.net', { cloudId: OTHER_ID }) });
    expect(sentTo(app).map((url) => new URL(url).pathname.split('/')[3])).toEqual([
      CLOUD_ID,
      OTHER_ID,
    ]);
  });

  test('is an error too where the grant covers none', async () => {
    const app = openApp();
    await app.consent('u1', 'ada');
    await expect(app.send('u1')).rejects.toMatchObject({ code: 'CONFIG_INVALID', field: 'site' });
  });

  test('asks who has not granted yet, before anything is sent', async () => {
    const app = openApp(ONE);
    const unasked = { code: 'NEEDS_AUTHENTICATION_ERR', sent: 'no', attempts: 0 };
    await expect(app.send('u1')).rejects.toMatchObject(unasked);
    await app.consent('u2', 'eve');
    await expect(app.send('u1')).rejects.toMatchObject({ code: 'NEEDS_AUTHENTICATION_ERR' });
    expect(app.sent).toEqual([]);
  });

  test('goes to each user’s own site', async () => {
    const app = openApp(ONE);
    await app.consent('u1', 'ada');
    app.atlassian.listSites([TWO]);
    await app.consent('u2', 'eve');
    await Promise.all([app.send('u1'), app.send('u2')]);
    expect(sentTo(app).sort()).toEqual([
      expect.stringContaining(baseOf(CLOUD_ID)),
      expect.stringContaining(baseOf(OTHER_ID)),
    ]);
  });

  test('is renewed as any other', async () => {
    const app = openApp(ONE);
    await app.consent('u1', 'ada');
    await app.clock.advance(HOUR);
    await app.send('u1');
    expect(app.atlassian.forms.map((form) => form.get('grant_type'))).toEqual([
      'authorization_code',
      'refresh_token',
    ]);
    expect(sentTo(app)).toEqual([expect.stringContaining(baseOf(CLOUD_ID))]);
  });

  test('to the API that all sites have in common needs no choice', async () => {
    const app = openApp(ONE, TWO);
    await app.consent('u1', 'ada');
    await app.send('u1', { product: 'graph', path: '/graphql' });
    expect(sentTo(app)).toEqual([expect.stringMatching(/^https:\/\/api\.atlassian\.com\//)]);
  });

  test('sends no token where another site was found than the one that is granted by then', async () => {
    const { provider, callOf, consent, site, atlassian } = openApp(ONE);
    await consent('u1', 'ada');
    const call = { ...callOf('u1', { site }), base: baseOf(CLOUD_ID) };
    atlassian.listSites([TWO]);
    await consent('u1', 'ada');
    await expect(provider.credential(call)).rejects.toMatchObject({
      code: 'PRINCIPAL_UNAVAILABLE',
    });
    const early = { ...call, base: GATEWAY };
    await expect(provider.credential(early)).rejects.toMatchObject({
      code: 'PRINCIPAL_UNAVAILABLE',
    });
  });
});

describe('the site of such a call', () => {
  const siteOf = (gateway?: string): Site | undefined =>
    oauth({ ...options, ...(gateway !== undefined && { gateway }) })(makeServices()).defaultSite;

  test('is Atlassian’s gateway, or that of a server of one’s own', () => {
    expect(siteOf()).toEqual({ deployment: 'cloud', url: GATEWAY, gateway: GATEWAY });
    expect(siteOf('http://127.0.0.1:8081')).toMatchObject({ url: 'http://127.0.0.1:8081/' });
  });

  test.each(['https://evil.example', 'http://api.atlassian.com', 'nonsense'])(
    'is never %s',
    (gateway) => {
      expect(() => siteOf(gateway)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID', field: 'gateway' }),
      );
    },
  );
});
