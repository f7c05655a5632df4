import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isServicesUp, servicesFile } from '../../services.js';
import { connectChromium, hasChromium } from '../support/chromium.js';
import type { Database } from './database.js';
import { Person } from './person.js';
import { instanceAt, openPlace, type Place } from './place.js';

interface Instance {
  readonly process: ChildProcess;
  /** Of each database's app. */
  readonly ports: readonly number[];
}

/** One app at two instances, and a person who uses it. */
interface Setting {
  readonly kind: string;
  readonly place: Place;
  readonly ada: Person;
  readonly ports: readonly number[];
}

/** An SQLite file is made by the place. */
const DATABASES = ((): readonly (readonly [kind: string, database?: Database])[] => {
  if (!isServicesUp) return [['SQLite']];
  const { redis, postgres } = JSON.parse(readFileSync(servicesFile, 'utf8'));
  const id = randomUUID();
  const table = `t_${id.replaceAll('-', '_')}`;
  return [
    ['SQLite'],
    ['Redis', { kind: 'Redis', url: redis.url, prefix: `test:${id}:` }],
    ['PostgreSQL', { kind: 'PostgreSQL', url: postgres.url, table }],
  ];
})();

const start = async (places: readonly Place[]): Promise<Instance> => {
  const child = fork(fileURLToPath(new URL('./app-process.ts', import.meta.url)));
  const apps = places.map(({ app: { clock: _, sandbox, ...options } }) => {
    const { siteUrl, gatewayUrl, authUrl, client } = sandbox;
    return { ...options, sandbox: { siteUrl, gatewayUrl, authUrl, client } };
  });
  child.send(apps);
  const [ports] = (await once(child, 'message')) as [readonly number[]];
  return { process: child, ports };
};

const kill = async (child: ChildProcess): Promise<void> => {
  if (child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
};

const sent = ({ place }: Setting, path: string) =>
  place.sandbox.requests.filter((it) => it.method === 'POST' && it.path.includes(path));

const comment = async ({ ada }: Setting, text: string): Promise<void> => {
  await ada.open('/');
  await ada.page.getByLabel('Comment').fill(text);
  await ada.click('Comment as me');
  expect(await ada.heading()).toBe('Allow Stale pages to act for you?');
};

/** The same request of ada's browser at both, at the same moment. */
const atBoth = async ({ place, ada, ports }: Setting, url: string): Promise<Response[]> => {
  const cookies = await ada.context.cookies(place.app.origin);
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const { pathname, search } = new URL(url);
  const headers = { accept: 'text/html', cookie };
  return Promise.all(
    ports.map((port) =>
      fetch(`http://127.0.0.1:${port}${pathname}${search}`, { redirect: 'manual', headers }),
    ),
  );
};

/** What the person sees of one page at one instance after the other. */
const atEach = async ({ place, ada, ports }: Setting, path: string): Promise<string[]> => {
  const headings: string[] = [];
  for (const port of ports) {
    place.serve(instanceAt(port));
    await ada.open(path);
    headings.push(await ada.heading());
  }
  return headings;
};

describe.skipIf(!hasChromium)('two processes', () => {
  let browser: Browser;
  let instances: readonly Instance[] = [];
  let settings: readonly Setting[] = [];
  const settingOf = (kind: string): Setting => {
    const found = settings.find((setting) => setting.kind === kind);
    if (found === undefined) throw new Error(`There is no ${kind}.`);
    return found;
  };

  beforeAll(async () => {
    const places = await Promise.all(DATABASES.map(([, database]) => openPlace(database)));
    [instances, browser] = await Promise.all([
      Promise.all([start(places), start(places)]),
      connectChromium(),
    ]);
    settings = await Promise.all(
      DATABASES.map(async ([kind], at) => {
        const place = places[at] as Place;
        const { sandbox, app } = place;
        const session = 'ada';
        const ada = await Person.signIn({ browser, origin: app.origin, sandbox, session });
        return { kind, place, ada, ports: instances.map(({ ports }) => ports[at] as number) };
      }),
    );
  });

  afterAll(async () => {
    await Promise.all(instances.map((instance) => kill(instance.process)));
    await browser?.close();
    for (const { place } of settings) await place[Symbol.asyncDispose]();
  });

  describe.each(DATABASES.map(([kind]) => ({ kind })))('over one $kind', ({ kind }) => {
    test('what one asked both take the answer to, and it is carried out once', async () => {
      const setting = settingOf(kind);
      const { place, ada, ports } = setting;
      place.serve(instanceAt(ports[0] as number));
      await comment(setting, 'Is this still true?');
      const callback = await place.holdCallback(() => ada.allow(place.sandbox.people.editor));
      const answered = await atBoth(setting, callback);
      expect(answered.map(({ status }) => status)).toEqual([303, 303]);
      expect(sent(setting, '/oauth/token')).toHaveLength(1);

      const ways = answered.map(({ headers }) => headers.get('location') ?? '');
      const resume = ways.find((url) => url.includes('/consent/resume/')) ?? '';
      const resumed = await atBoth(setting, resume);
      const ends = resumed.map(({ headers }) => headers.get('location'));
      expect(ends).toContain(`${place.app.origin}/done`);
      const { accountId } = place.sandbox.people.editor;
      expect(sent(setting, '/footer-comments')).toMatchObject([{ principal: accountId }]);
    });

    test('what one forgets both ask for again', async () => {
      const setting = settingOf(kind);
      const pages = 'Pages of Jonas Weber';
      expect(await atEach(setting, '/pages')).toEqual([pages, pages]);
      await setting.ada.open('/');
      await setting.ada.click('Forget my consent');
      expect(await setting.ada.heading()).toBe('Forgotten');
      const question = 'Allow Stale pages to act for you?';
      expect(await atEach(setting, '/pages')).toEqual([question, question]);
    });
  });

  test('one asks and is killed, the other takes the answer and carries out what was sent', async () => {
    const [first] = instances;
    for (const setting of settings) {
      const { place, ada, ports } = setting;
      place.sandbox.clearJournal();
      place.serve(instanceAt(ports[0] as number));
      await comment(setting, 'And this?');
      await ada.click('Allow access');
      await ada.be(place.sandbox.people.editor);
    }
    await kill(first?.process as ChildProcess);
    expect(first?.process.signalCode).toBe('SIGKILL');
    for (const setting of settings) {
      const { place, ada, ports, kind } = setting;
      place.serve(instanceAt(ports[1] as number));
      await ada.click('Accept');
      expect([kind, ada.place]).toEqual([kind, '/done']);
      const { accountId } = place.sandbox.people.editor;
      expect(sent(setting, '/footer-comments')).toMatchObject([{ principal: accountId }]);
    }
  });
});
