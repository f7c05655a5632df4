import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectChromium, hasChromium } from '../support/chromium.js';
import { Person } from './person.js';
import { instanceAt, openPlace, type Place } from './place.js';

interface Instance {
  readonly process: ChildProcess;
  readonly port: number;
}

describe.skipIf(!hasChromium)('two processes over one SQLite file', () => {
  let place: Place;
  let browser: Browser;
  let instances: Instance[] = [];

  const start = async (): Promise<Instance> => {
    const child = fork(fileURLToPath(new URL('./app-process.ts', import.meta.url)));
    const { clock: _, sandbox, ...options } = place.app;
    const { siteUrl, gatewayUrl, authUrl, client } = sandbox;
    child.send({ ...options, sandbox: { siteUrl, gatewayUrl, authUrl, client } });
    const [port] = (await once(child, 'message')) as [number];
    return { process: child, port };
  };

  const kill = async (child: ChildProcess): Promise<void> => {
    if (child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };

  beforeAll(async () => {
    place = await openPlace();
    [instances, browser] = await Promise.all([Promise.all([start(), start()]), connectChromium()]);
  });

  afterAll(async () => {
    await Promise.all(instances.map((instance) => kill(instance.process)));
    await browser?.close();
    await place?.[Symbol.asyncDispose]();
  });

  test('one asks and is killed, the other takes the answer and carries out what was sent', async () => {
    const [first, second] = instances as [Instance, Instance];
    const { sandbox } = place;
    place.serve(instanceAt(first.port));
    const session = 'ada';
    const ada = await Person.signIn({ browser, origin: place.app.origin, sandbox, session });
    await ada.open('/');
    await ada.page.getByLabel('Comment').fill('Is this still true?');
    await ada.click('Comment as me');
    await ada.click('Allow access');
    await ada.logIn(sandbox.people.editor);

    await kill(first.process);
    expect(first.process.signalCode).toBe('SIGKILL');
    place.serve(instanceAt(second.port));

    await ada.click('Accept');
    expect(ada.place).toBe('/done');
    const sent = sandbox.requests.filter(({ path }) => path.includes('/footer-comments'));
    expect(sent).toMatchObject([{ method: 'POST', principal: sandbox.people.editor.accountId }]);
    await ada.leave();
  });
});
