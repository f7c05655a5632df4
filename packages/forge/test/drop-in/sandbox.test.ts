import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Tributary } from '@tributary/api';
import { runWithConsent } from '@tributary/consent';
import { route } from '@tributary/route';
import { type Sandbox, startSandbox } from '@tributary/sandbox';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forgeBoundary, useTributary } from '../../src/index.js';
import { askPerson, sandboxClient } from '../support/sandbox-client.js';
import type * as nightlyApp from './apps/nightly.js';
import type * as summaryApp from './apps/page-summary.js';
import { appSource, createProject, type Project } from './project.js';

const SCOPES = [
  'read:me',
  'read:page:confluence',
  'read:confluence-user',
  'read:confluence-content.permission',
  'write:confluence-file',
];

let sandbox: Sandbox;
let tributary: Tributary;
let project: Project;
let end: () => void;
let pageId: string;
let summary: typeof summaryApp;
let nightly: typeof nightlyApp;

beforeAll(async () => {
  const apps = ['page-summary.ts', 'nightly.ts'];
  const [one, two] = await Promise.all(apps.map(appSource));
  project = await createProject({ 'page-summary.ts': `${one}`, 'nightly.ts': `${two}` });
  // With a copy of the drop-in in each, as bundlers leave it.
  await build({
    absWorkingDir: project.folder,
    entryPoints: apps,
    outdir: '.',
    outExtension: { '.js': '.cjs' },
    alias: { '@forge/api': '@tributary/forge/api' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
  const load = createRequire(import.meta.url);
  summary = load(join(project.folder, 'page-summary.cjs'));
  nightly = load(join(project.folder, 'nightly.cjs'));

  sandbox = await startSandbox();
  tributary = sandboxClient(sandbox, SCOPES);
  end = useTributary(tributary);
  const pages = await tributary.asApp().requestConfluence(route`/wiki/api/v2/pages?limit=${1}`);
  pageId = (await pages.json()).results[0].id;
});

afterAll(async () => {
  end();
  await tributary[Symbol.asyncDispose]();
  await sandbox.close();
  await project[Symbol.asyncDispose]();
});

/** As whoever the person is, asked for consent where it is needed. */
const visit = <T>(as: 'editor' | 'reader', handler: () => Promise<T>): Promise<T> =>
  runWithConsent(forgeBoundary(handler, { client: tributary }), {
    prompt: askPerson(sandbox, as),
    user: { id: as },
  });

test('a scheduled trigger reads a list through its pages, as the app', async () => {
  const titles = await nightly.run();
  expect(titles).toHaveLength(6);
  expect(titles).toEqual(titles.toSorted());
  expect(new Set(titles).size).toBe(6);
});

test('a bare call is answered as an anonymous reader is', async () => {
  expect(await nightly.readAnonymously()).toBe(200);
});

test('a macro reads a page as its user, who is asked first; a status is no error', async () => {
  const request = { payload: { pageId }, context: {} };
  expect(await visit('editor', () => summary.summary(request))).toMatchObject({
    title: expect.any(String),
    type: expect.stringContaining('application/json'),
  });
  const missing = { payload: { pageId: '999999999' }, context: {} };
  expect(await visit('editor', () => summary.summary(missing))).toMatchObject({
    error: expect.stringMatching(/^404 /),
  });
});

test('what a user may do is asked as that user, two at a time', async () => {
  const answers = await Promise.all([
    visit('editor', () => summary.canEdit(pageId)),
    visit('reader', () => summary.canEdit(pageId)),
  ]);
  expect(answers).toEqual([true, false]);
});

test('a form is uploaded', async () => {
  const response = await visit('editor', () => summary.attach(pageId, 'text'));
  expect(response.status).toBe(200);
  expect((await response.json()).results[0].title).toBe('summary.txt');
});

test('outside an invocation asUser() says what to do, and asks for no consent', async () => {
  const error = await summary.summary({ payload: { pageId: '1' }, context: {} }).catch((e) => e);
  expect(error.message).toMatch(/^asUser\(\) works only while somebody is invoking/);
  expect(summary.isConsent(error)).toBe(false);
});
