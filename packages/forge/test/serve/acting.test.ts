import { createTributary } from '@tributary/api';
import { apiToken, cloud, singleUser } from '@tributary/auth-providers';
import { describe, expect, test } from 'vitest';
import type { ServeOptions } from '../../src/serve/index.js';
import { forgeApi } from '../support/forge-api.js';
import type { Served } from './served.js';
import { tilesOfFile, urlOf } from './tiles.js';

const { default: api, route } = forgeApi;
const { begin } = tilesOfFile();

const ME = route`/wiki/rest/api/user/current`;

describe('who the app acts as', () => {
  const personal: Partial<ServeOptions> = {
    tributary: () => {
      const { sandbox } = known;
      const { email, apiToken: token } = sandbox.people.editor;
      return createTributary({
        site: cloud(sandbox.siteUrl, { gateway: sandbox.gatewayUrl }),
        app: apiToken({ email, token }),
        user: singleUser(apiToken({ email, token })),
      });
    },
  };
  let known: Served;
  const whoAmI = async () => {
    const response = await api.asUser().requestConfluence(ME);
    return (await response.json()).displayName;
  };

  test('nobody, in triggers, events and functions, also with a credential of ones own', async () => {
    known = await begin(whoAmI);
    await known[Symbol.asyncDispose]();
    const served = await begin(whoAmI, personal);
    const { post } = served;
    for (const [path, key, type] of [
      ['/scheduled', 'often', 'scheduledTrigger'],
      ['/event', 'made', 'trigger'],
      ['/function', 'run', 'function'],
    ] as const) {
      const response = await post(path, { key, event: {} });
      expect(response.status).toBe(500);
      expect(await response.json()).toEqual({
        title: 'PrincipalError',
        status: 500,
        code: 'PRINCIPAL_UNAVAILABLE',
        detail: `asUser() needs an invoking user, and ${type} is invoked by nobody; call asApp(), or asUser(accountId) where the app may impersonate`,
      });
    }
    expect((await fetch(urlOf(served))).status).toBe(500);
    expect(served.lines.at(-1)).toMatch(/webtrigger is invoked by nobody/);
  });

  test('whoever started the server, at its page', async () => {
    const { post } = await begin(whoAmI, personal);
    const response = await post('/resolver', { functionKey: 'any' });
    expect(await response.json()).toEqual({
      result: known.sandbox.people.editor.displayName,
    });
  });

  test('whoever a session says, where there are others: not with a personal credential', async () => {
    let user: { id: string } | undefined = { id: 'ada' };
    const { post, url } = await begin(whoAmI, { ...personal, user: () => user });
    const response = await post('/resolver', { functionKey: 'any' });
    expect(await response.json()).toMatchObject({ code: 'PRINCIPAL_UNAVAILABLE' });
    user = undefined;
    expect((await fetch(url)).status).toBe(403);
    expect((await post('/resolver', { functionKey: 'any' })).status).toBe(403);
  });

  test('a program is told where consent is given', async () => {
    const { post, url, lines } = await begin(whoAmI);
    const response = await post('/resolver', { functionKey: 'any' });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      consentUrl: expect.stringMatching(new RegExp(`^${url}/consent/`)),
    });
    expect(lines.at(-1)).toMatch(/^resolver any needs consent \d+ ms$/);
  });
});
