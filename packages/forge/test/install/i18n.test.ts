import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTributary } from '@tributary/api';
import { cloud } from '@tributary/auth-providers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { loadForgeApiAnew } from '../support/forge-api.js';
import { installed } from '../support/installed.js';

const warned: string[] = [];
const { begin } = installed(createTributary({ site: cloud('https://example.atlassian.net') }), {
  warn: (text) => warned.push(text),
});
let folder = '';

/** What Forge's CLI writes into a bundle. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forge-i18n-'));
  await mkdir(join(folder, '__LOCALES__'));
  const files = {
    'i18n-info.json': {
      config: { locales: ['en-US', 'de-DE'], fallback: { default: 'en-US' } },
    },
    'en-US.json': { greeting: { short: 'Hello' }, only: 'English' },
    'de-DE.json': { greeting: { short: 'Hallo' } },
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, '__LOCALES__', name), JSON.stringify(content));
  }
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  warned.length = 0;
});

test('translations are those of appCodeDir', async () => {
  begin({ appCodeDir: folder });
  const translate = await loadForgeApiAnew().i18n.createTranslationFunction('de-DE');
  expect([translate('greeting.short'), translate('only'), translate('none', 'said')]).toEqual([
    'Hallo',
    'English',
    'said',
  ]);
  expect(warned).toEqual([]);
});

test('without it, a warning says where they are looked for', async () => {
  begin();
  const { i18n, getAppContext, __getRuntime } = loadForgeApiAnew();
  // Whoever only looks at the runtime asks for no translations.
  getAppContext();
  JSON.stringify({ ...__getRuntime().container });
  expect(warned).toEqual([]);
  await expect(i18n.getTranslations('de-DE')).rejects.toThrow('Failed to get i18n info config.');
  expect(warned).toEqual([expect.stringContaining('the option appCodeDir')]);
});
