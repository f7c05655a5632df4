import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encryption, generateEncryptionKey, sqliteGrants } from '@tributary/auth-providers/sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { grant } from './support/grant.js';
import { openPlace, type Place, type WebApp } from './support/web-app.js';

let place: Place;
let folder: string;
let key: string;
let app: WebApp;

beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place.close());
beforeEach(async () => {
  place.sandbox.revokeGrants();
  folder = await mkdtemp(join(tmpdir(), 'tributary-consent-'));
  key = generateEncryptionKey();
});
afterEach(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

/** An instance of the app over the one file; the first has ended when the second begins. */
const startInstance = async (): Promise<WebApp> => {
  const storage = sqliteGrants({
    path: join(folder, 'grants.db'),
    encryption: encryption({ key }),
  });
  app = await place.start({ storage });
  return app;
};

describe('a second instance, after the first has ended', () => {
  it.each([
    ['the consent page', (url: URL) => url.pathname.startsWith('/consent/ask/')],
    ['the callback', (url: URL) => url.pathname === '/consent/callback'],
    ['what was sent', (url: URL) => url.pathname.startsWith('/consent/resume/')],
    ['its answer', (url: URL) => url.pathname.startsWith('/consent/answer/')],
  ])('takes over before %s', async (_, stopAt) => {
    const first = await startInstance();
    const ada = await first.browser('ada');
    ada.stopAt = stopAt;
    const text = new URLSearchParams({ text: 'a-word-to-look-for' });
    await ada.post(`${place.origin}/comment`, text, place.origin);
    if (ada.stopped === undefined) await grant(ada, place.sandbox);
    const ran = first.done.length;
    await first.close();
    for (const file of await readdir(folder)) {
      expect(await readFile(join(folder, file), 'latin1')).not.toContain('a-word-to-look-for');
    }

    const second = await startInstance();
    ada.stopAt = undefined;
    const page = await ada.open(ada.stopped as URL);
    const end = page.heading.startsWith('Allow') ? await grant(ada, place.sandbox) : page;
    expect(end.heading).toBe('comment as Jonas Weber, run 2');
    expect(ran + second.done.length).toBe(1);
    expect((await ada.open(`${place.origin}/me`)).heading).toBe('me as Jonas Weber, run 1');
  });
});
