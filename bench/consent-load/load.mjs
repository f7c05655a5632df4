import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { generateEncryptionKey } from '@tributary/auth-providers/sqlite';
import { startSandbox } from '@tributary/sandbox';
import pLimit from 'p-limit';
import { Person } from './person.mjs';

const freePort = async () => {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** An app in a process of its own, the sandbox here, and a place where people come in waves. */
export const openLoad = async () => {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const sandbox = await startSandbox({ redirectUris: [`${origin}/consent/callback`] });
  const folder = await mkdtemp(join(tmpdir(), 'tributary-load-'));
  const database = join(folder, 'private', 'grants.db');
  const app = fork(new URL('./app.mjs', import.meta.url), { execArgv: ['--expose-gc'] });
  const { siteUrl, gatewayUrl, authUrl } = sandbox;
  const { clientId, clientSecret } = sandbox.client;
  app.send({
    sandbox: { siteUrl, gatewayUrl, authUrl, client: { clientId, clientSecret } },
    port,
    database,
    key: generateEncryptionKey(),
  });
  await once(app, 'message');
  const ask = async (word) => {
    app.send(word);
    return (await once(app, 'message'))[0];
  };
  const count = (table) => {
    const opened = new DatabaseSync(database, { readOnly: true });
    try {
      return opened.prepare(`SELECT count(*) AS n FROM ${table}`).get().n;
    } finally {
      opened.close();
    }
  };
  const accounts = Object.values(sandbox.people);
  let born = 0;

  /** One person, who has granted nothing: half of them open a page, half send something. */
  const walk = async (number) => {
    const session = `user-${number}`;
    const account = accounts[number % accounts.length];
    const sent = number % 2 === 0 ? '' : `sent by ${session}`;
    const person = new Person(session);
    const begun = performance.now();
    const page = await person.go(`${origin}/what?of=${session}`, sent === '' ? undefined : sent);
    const first = await person.consent(account, page);
    const ms = performance.now() - begun;
    const again = await person.go(`${origin}/what?of=${session}`);
    const wanted = { user: session, accountId: account.accountId };
    return {
      ms,
      isOwn:
        isAnswer(first, { ...wanted, sent, run: 2 }) &&
        isAnswer(again, { ...wanted, sent: '', run: 1 }),
    };
  };

  return {
    /** So many new people, so many of them at a time. */
    async wave(users, atOnce) {
      const limit = pLimit(atOnce);
      const { cpuMs: before } = await ask('look');
      const begun = performance.now();
      const walks = await Promise.allSettled(
        Array.from({ length: users }, () => {
          born += 1;
          const number = born;
          return limit(() => walk(number));
        }),
      );
      const seconds = (performance.now() - begun) / 1_000;
      const done = walks.flatMap(({ value }) => value ?? []);
      const pending = count('pending');
      const { failures, cpuMs } = await ask('look');
      return {
        users,
        errors: [
          ...walks.flatMap(({ reason }) => (reason === undefined ? [] : String(reason))),
          ...failures,
        ],
        own: done.filter(({ isOwn }) => isOwn).length,
        perSecond: users / seconds,
        cpuMs: (cpuMs - before) / users,
        ms: done.map(({ ms }) => ms),
        pending,
      };
    },
    /** Two hours go by for the app: what it holds then. */
    async expire() {
      await ask('expire');
      // The app's own sweep is at work.
      for (let looks = 0; looks < 50 && count('pending') > 0; looks += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const { heapUsed } = await ask('look');
      return { pending: count('pending'), leases: count('leases'), kept: count('rows'), heapUsed };
    },
    async [Symbol.asyncDispose]() {
      app.kill();
      await once(app, 'exit');
      await sandbox.close();
      await rm(folder, { recursive: true });
    },
  };
};

const isAnswer = ({ status, text }, wanted) => {
  if (status !== 200 || !text.startsWith('{')) return false;
  const answer = JSON.parse(text);
  return Object.entries(wanted).every(([field, value]) => answer[field] === value);
};
