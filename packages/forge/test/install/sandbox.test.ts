import { createTributary, type Tributary } from '@tributary/api';
import { cloud } from '@tributary/auth-providers';
import { inForge } from '@tributary/auth-providers/in-forge';
import { runWithConsent } from '@tributary/consent';
import { type ConsentPrompt, type Invocation, Secret } from '@tributary/pipeline';
import { type Sandbox, startSandbox } from '@tributary/sandbox';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { forgeBoundary, type InstallOptions, install } from '../../src/index.js';
import { forgeApi } from '../support/forge-api.js';
import { askPerson, sandboxClient } from '../support/sandbox-client.js';

const {
  default: api,
  assumeTrustedRoute,
  isExpectedError,
  NeedsAuthenticationError,
  route,
} = forgeApi;
const SCOPES = ['read:me', 'read:confluence-user', 'read:confluence-content.permission'];
const ME = route`/wiki/rest/api/user/current`;

let sandbox: Sandbox;
let tributary: Tributary;
let dispose: () => void;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

beforeEach(() => {
  tributary = sandboxClient(sandbox, SCOPES);
});
afterEach(async () => {
  dispose();
  await tributary[Symbol.asyncDispose]();
});

const begin = (options: InstallOptions = {}) => {
  dispose = install(tributary, options);
};

type Who = 'editor' | 'reader';

const visit = <T>(as: Who, handler: (invocation: Invocation) => T | Promise<T>) => {
  const terminal = askPerson(sandbox, as);
  let asked = 0;
  const prompt: ConsentPrompt = {
    name: 'counting',
    ask(request, options) {
      asked += 1;
      return terminal.ask(request, options);
    },
  };
  const boundary = forgeBoundary(handler, { client: tributary });
  const done = runWithConsent(boundary, { prompt, user: { id: as } });
  return done.then(
    (value) => ({ value, asked }),
    (error: unknown) => ({ error, asked }),
  );
};

/** Whose the answer is, by the real package. */
const whoAmI = async (): Promise<string> => {
  const response = await api.asUser().requestConfluence(ME);
  return (await response.json()).accountId;
};

describe('consent', () => {
  test('an uncaught error of the real package asks, and the handler runs again', async () => {
    begin();
    const runs: number[] = [];
    const outcome = await visit('editor', async ({ run }) => {
      runs.push(run);
      return whoAmI();
    });
    expect(outcome).toEqual({ value: sandbox.people.editor.accountId, asked: 1 });
    expect(runs).toEqual([1, 2]);
  });

  test('one that is caught is theirs, and asks for nothing', async () => {
    begin();
    const { value, asked } = (await visit('editor', () =>
      whoAmI().catch((error: unknown) => error),
    )) as { value: InstanceType<typeof NeedsAuthenticationError>; asked: number };
    expect(asked).toBe(0);
    expect(value).toBeInstanceOf(NeedsAuthenticationError);
    expect(value).toMatchObject({
      name: 'NEEDS_AUTHENTICATION_ERR',
      message: 'Authentication Required',
      status: 401,
      serviceKey: 'atlassian-token-service-key',
      stack: undefined,
    });
    expect(isExpectedError(value)).toBe(false);
  });

  test('caught and thrown on it asks; wrapped in another it does not', async () => {
    begin();
    const rethrown = await visit('editor', async () => {
      try {
        return await whoAmI();
      } catch (error) {
        if ((error as Error).name === 'NEEDS_AUTHENTICATION_ERR') throw error;
        return 'something else';
      }
    });
    expect(rethrown.asked).toBe(1);
    const wrapped = await visit('reader', () =>
      whoAmI().catch((cause: unknown) => {
        throw new Error('It failed.', { cause });
      }),
    );
    expect(wrapped).toMatchObject({ asked: 0, error: { message: 'It failed.' } });
  });

  test('one that came through inForge() asks too', async () => {
    begin();
    await using inside = createTributary(inForge());
    const { route: ours } = await import('@tributary/route');
    const outcome = await visit('reader', async () => {
      const response = await inside.asUser().requestConfluence(ours`/wiki/rest/api/user/current`);
      return (await response.json()).accountId;
    });
    expect(outcome).toEqual({ value: sandbox.people.reader.accountId, asked: 1 });
  });

  test('one of another invocation asks nobody', async () => {
    begin();
    let kept: unknown;
    await visit('editor', () =>
      whoAmI().catch((error: unknown) => {
        kept = error;
      }),
    );
    const outcome = await visit('reader', () => {
      throw kept;
    });
    expect(outcome).toEqual({ error: kept, asked: 0 });
  });

  test('outside a boundary it is theirs too', async () => {
    begin();
    const boundary = forgeBoundary(async () => {
      throw new NeedsAuthenticationError('Authentication Required', 'some-service');
    });
    await expect(boundary()).rejects.toBeInstanceOf(NeedsAuthenticationError);
  });

  test('two users at the same time are each themselves, also in what the runtime tells', async () => {
    begin();
    const seen = async (as: Who) => {
      const { value } = (await visit(as, async (invocation) => {
        const before = forgeApi.getAppContext().invocationId;
        const first = await whoAmI();
        await api.asApp().requestConfluence(ME);
        const second = await whoAmI();
        const after = forgeApi.getAppContext().invocationId;
        return { ids: [before, after, invocation.id], accounts: [first, second] };
      })) as { value: { ids: string[]; accounts: string[] } };
      expect(new Set(value.ids).size).toBe(1);
      return value;
    };
    const outcomes = await Promise.all(
      (['editor', 'reader', 'editor', 'reader'] as const).map(async (as) => {
        const { accounts, ids } = await seen(as);
        const { accountId } = sandbox.people[as];
        expect(accounts).toEqual([accountId, accountId]);
        return ids[0];
      }),
    );
    expect(new Set(outcomes).size).toBe(4);
  });
});

describe('what apps do most, against a site', () => {
  const pages = route`/wiki/api/v2/pages?limit=${120}`;

  test('pages by _links.next, through v2', async () => {
    begin();
    let titles: string[] = [];
    for (let next: string | undefined = pages.value; next !== undefined; ) {
      const response = await api.asApp().requestConfluence(assumeTrustedRoute(next));
      expect(response.ok).toBe(true);
      const { results, _links } = await response.json();
      titles = [...titles, ...results.map(({ title }: { title: string }) => title)];
      next = _links.next;
    }
    expect(titles.length).toBe(200);
  });

  test('writes JSON, uploads a file, and reads it back', async () => {
    begin();
    const [page] = (await (await api.asApp().requestConfluence(pages)).json()).results;
    const form = new FormData();
    form.append('file', new Blob(['hello']), `from-forge.txt`);
    const uploaded = await api
      .asApp()
      .requestConfluence(route`/wiki/rest/api/content/${page.id}/child/attachment`, {
        method: 'PUT',
        headers: { 'X-Atlassian-Token': 'nocheck' },
        body: form as never,
      });
    expect(uploaded.status).toBe(200);
    const [attachment] = (await uploaded.json()).results;
    const content = await api
      .asApp()
      .requestConfluence(
        route`/wiki/rest/api/content/${page.id}/child/attachment/${attachment.id}/download`,
      );
    expect(Buffer.from(await content.arrayBuffer()).toString()).toBe('hello');

    const labelled = await api
      .asApp()
      .requestConfluence(route`/wiki/rest/api/content/${page.id}/label`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify([{ prefix: 'global', name: 'from-forge' }]),
      });
    expect(labelled.status).toBe(200);
    const missing = await api.asApp().requestConfluence(route`/wiki/api/v2/pages/${1}`);
    expect([missing.status, missing.ok]).toEqual([404, false]);
  });

  test('authorize() asks for consent where nobody knows the user yet, and answers then', async () => {
    begin();
    const [page] = (await (await api.asApp().requestConfluence(pages)).json()).results;
    const may = (as: Who) =>
      visit(as, async () => {
        const { canRead, canDelete } = forgeApi.authorize().onConfluenceContent(page.id);
        return [await canRead?.(), await canDelete?.()];
      });
    const reader = await may('reader');
    expect(reader).toEqual({ value: [true, false], asked: 1 });
    expect(await may('reader')).toEqual({ ...reader, asked: 0 });
  });
});

describe('consent of a third party', () => {
  test('requestCredentials() asks by the provider’s own option', async () => {
    const asked: unknown[] = [];
    let isGranted = false;
    begin({
      externalAuth: {
        drive: {
          remotes: { files: sandbox.siteUrl },
          accounts: () =>
            isGranted
              ? [{ id: 'o-1', externalAccountId: 'ann', displayName: 'Ann', scopes: ['files'] }]
              : [],
          authorization: () => new Secret('Bearer of-drive'),
          consent: ({ scopes }) => ({
            site: cloud(sandbox.siteUrl),
            scopes,
            flow: {} as never,
          }),
        },
      },
    });
    const prompt: ConsentPrompt = {
      name: 'drive',
      async ask({ scopes }) {
        asked.push(scopes);
        isGranted = true;
      },
    };
    const handler = async () => {
      const drive = api.asUser().withProvider('drive', 'files');
      if (!(await drive.hasCredentials(['files']))) await drive.requestCredentials(['files']);
      return (await drive.getAccount())?.id;
    };
    const user = { id: 'ann' };
    expect(await runWithConsent(forgeBoundary(handler), { prompt, user })).toBe('ann');
    expect(asked).toEqual([['files']]);
  });
});
