import { afterEach, describe, expect, test } from 'vitest';
import * as api from '../../src/drop-in/index.js';
import { ForgeRuntimeMissingError, ForgeUnsupportedError, usePlatform } from '../../src/index.js';
import { standIn } from '../parity/stand-in.js';

const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0)) end();
});

const begin = (...args: Parameters<typeof usePlatform>) => {
  const end = usePlatform(...args);
  ended.push(end);
  return end;
};

describe('without a platform', () => {
  const path = api.assumeTrustedRoute('/x');
  const calls: Record<string, () => unknown> = {
    requestConfluence: () => api.requestConfluence(path),
    'asApp().requestJira': () => api.asApp().requestJira(path),
    'asUser().requestGraph': () => api.asUser().requestGraph('query'),
    'withContext().requestBitbucket': () => api.asApp().withContext('ari').requestBitbucket(path),
    fetch: () => api.fetch('https://example.com/'),
    invokeRemote: () => api.invokeRemote('key', { path: '/x' }),
    invokeService: () => api.invokeService('key', { path: '/x' }),
    'privacy.reportPersonalData': () =>
      api.privacy.reportPersonalData([{ accountId: 'a', updatedAt: 'b' }]),
    'webTrigger.getUrl': () => api.webTrigger.getUrl('key'),
  };

  test.each(Object.entries(calls))(
    "%s rejects, in Forge's words and with advice",
    async (_, call) => {
      const error = await Promise.resolve(call()).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ForgeRuntimeMissingError);
      expect(error).toMatchObject({ code: 'FORGE_RUNTIME_MISSING', sent: 'no', retryable: false });
      expect((error as Error).message).toMatch(/^Forge runtime not found\. .*useTributary\(/);
    },
  );

  const questions: Record<string, () => unknown> = {
    __getRuntime: api.__getRuntime,
    getAppContext: api.getAppContext,
    authorize: api.authorize,
    'asUser().withProvider': () => api.asUser().withProvider('drive'),
    'permissions.hasScope': () => api.permissions.hasScope('a'),
  };

  test.each(Object.entries(questions))('%s throws at once', (_, ask) => {
    expect(ask).toThrow(/^Forge runtime not found\. .*useTributary\(/);
  });

  test('asApp(), asUser() and routes can be made all the same, as modules do when they load', () => {
    expect(Object.keys(api.asUser('id'))).toContain('requestConfluence');
    expect(Object.keys(api.asApp())).toContain('withContext');
    expect(api.route`/x/${1}`.value).toBe('/x/1');
  });
});

describe('usePlatform()', () => {
  test('refuses a second one, until the first is ended', () => {
    const end = begin(standIn().platform);
    expect(() => usePlatform(standIn().platform)).toThrow(/^platform: another one is in use/);
    end();
    const { platform, calls } = standIn();
    begin(platform);
    // The end of the first says nothing of the second.
    end();
    void api.requestConfluence(api.route`/x`);
    expect(calls).toHaveLength(1);
  });

  test('goes before the globals, and gives way to them when it ends', async () => {
    const globals = globalThis as { __forge_fetch__?: unknown };
    const [ours, theirs] = [standIn(), standIn()];
    globals.__forge_fetch__ = theirs.platform.fetch;
    try {
      const end = begin(ours.platform);
      await api.requestJira(api.route`/x`);
      end();
      await api.requestJira(api.route`/y`);
    } finally {
      delete globals.__forge_fetch__;
    }
    expect([...ours.calls, ...theirs.calls].map(([, path]) => path)).toEqual(['/x', '/y']);
  });

  test('a platform that runs nothing now says so', () => {
    begin(standIn([], () => undefined).platform);
    expect(api.getAppContext).toThrow('Forge runtime not found. It is there only while a handler');
  });
});

describe('what there is nothing of outside Forge', () => {
  const parts: Record<string, () => unknown> = {
    'i18n.getTranslations': () => api.i18n.getTranslations('en-US'),
    'i18n.createTranslationFunction': () => api.i18n.createTranslationFunction('en-US'),
    'storage.get': async () => (api.storage.get as () => unknown)(),
    'storage.query': async () => (api.storage.query as () => unknown)(),
  };

  test.each(Object.entries(parts))(
    '%s is refused with its name and what to use',
    async (feature, use) => {
      const error = await Promise.resolve(use()).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ForgeUnsupportedError);
      expect(error).toMatchObject({ code: 'FORGE_UNSUPPORTED', feature });
      expect((error as Error).message).toMatch(
        new RegExp(`^${feature} is not available outside Forge\\. .+\\.$`),
      );
    },
  );

  test('storage can be looked at by tools', async () => {
    expect(await api.storage).toBe(api.storage);
    expect(JSON.stringify(api.storage)).toBe('{}');
    expect(`${Object.prototype.toString.call(api.storage)}`).toBe('[object Object]');
  });
});
