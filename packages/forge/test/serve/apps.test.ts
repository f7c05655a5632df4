import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resultOf, Visitor } from '../support/visitor.js';
import { type AppCopies, copyApps, type Way } from './app-copies.js';
import { createStand, type Served } from './served.js';

const stand = createStand();
let copies: AppCopies;

beforeAll(async () => {
  copies = await copyApps();
});

afterAll(async () => {
  await copies[Symbol.asyncDispose]();
  await stand[Symbol.asyncDispose]();
});

const WAYS: readonly Way[] = [
  'source, installed',
  'source, drop-in',
  'bundle, installed',
  'bundle, drop-in',
];

/** As the administrator, past the app. */
const readSite = async ({ sandbox }: Served, path: string) => {
  const { email, apiToken } = sandbox.people.admin;
  const authorization = `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`;
  return (await fetch(`${sandbox.siteUrl}${path}`, { headers: { authorization } })).json();
};

const labelsOf = async (served: Served, id: string): Promise<readonly string[]> => {
  const { results } = await readSite(served, `/wiki/api/v2/pages/${id}/labels`);
  return results.map(({ name }: { name: string }) => name);
};

describe.for(WAYS)('%s', (way) => {
  test("a macro's resolver answers as its user, who is asked on a page", async () => {
    await using served = await stand.serve(copies.app('page-insights', way));
    const { sandbox, url } = served;
    const { results } = await readSite(served, '/wiki/api/v2/pages?limit=1');
    const pageId = results[0].id;
    const visitor = new Visitor();
    await visitor.open(url);
    const asked = await visitor.click('Call', {
      module: 'page-insights',
      functionKey: 'getInsights',
      payload: '',
      context: JSON.stringify({ extension: { content: { id: pageId } } }),
    });
    expect(asked.html).toContain('Allow access');
    await visitor.click('Allow access');
    const { email, password } = sandbox.people.editor;
    await visitor.click('Log in', { email, password });
    const answered = await visitor.click('Accept');
    expect(answered.heading).toBe('resolver getInsights answered');
    expect(resultOf(answered)).toEqual({
      title: results[0].title,
      version: results[0].version.number,
      isMine: results[0].authorId === sandbox.people.editor.accountId,
      mayUpdate: expect.any(Boolean),
      labels: expect.any(Array),
    });

    // Granted: a program may now ask for the same person.
    const again = await served.post('/resolver', { functionKey: 'whoAmI' });
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual({
      result: {
        displayName: sandbox.people.editor.displayName,
        accountId: sandbox.people.editor.accountId,
      },
    });
  });

  test('a scheduled trigger labels what is stale, as the app', async () => {
    await using served = await stand.serve(copies.app('stale-report', way));
    const { results } = await readSite(served, '/wiki/api/v2/pages?sort=modified-date&limit=1');
    const ran = await served.post('/scheduled', { key: 'nightly' });
    expect(await ran.json()).toEqual({
      result: { statusCode: 204, statusText: expect.stringMatching(/^\d+ stale pages$/) },
    });
    expect(await labelsOf(served, results[0].id)).toContain('stale');
  });

  test('a web trigger adds a page, and an event labels it', async () => {
    await using served = await stand.serve(copies.app('page-hook', way));
    const { results } = await readSite(served, '/wiki/api/v2/spaces?limit=1');
    const [hook, ping] = served.server.webTriggers;
    const added = await fetch(`${hook?.url}/from/outside?space=${results[0].key}&a=1&a=2`, {
      method: 'POST',
      body: JSON.stringify({ title: `Added by ${way}`, text: 'Hello' }),
    });
    expect(added.status).toBe(200);
    expect(added.headers.get('content-type')).toBe('application/json');
    expect(added.headers.get('x-hook')).toBe('add-page, 1');
    const { id, at, context } = await added.json();
    expect(at).toBe('/from/outside');
    expect(context).toEqual({
      installContext: expect.stringMatching(/^ari:cloud:confluence::site\//),
    });
    expect(await readSite(served, `/wiki/api/v2/pages/${id}`)).toMatchObject({
      title: `Added by ${way}`,
    });

    const up = await fetch(ping?.url ?? '');
    expect([up.status, up.headers.get('content-type'), await up.text()]).toEqual([
      200,
      'text/plain',
      'up',
    ]);

    const delivered = await served.post('/event', {
      key: 'label-new-pages',
      event: { eventType: 'avi:confluence:created:page', atlassianId: 'x', content: { id } },
    });
    expect(await delivered.json()).toEqual({ result: null });
    expect(await labelsOf(served, id)).toEqual(['created']);
  });
});
