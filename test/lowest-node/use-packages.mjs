/** What a program does with the built packages, in syntax that Node 22 has; prints what came of it as JSON. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createTributary, ensureOk, route } from '@tributary/api';
import { apiToken, cloud, oauth } from '@tributary/auth-providers';
import { encryption, generateEncryptionKey, sqliteGrants } from '@tributary/auth-providers/sqlite';
import { runWithConsent } from '@tributary/consent';
import { terminalPrompt } from '@tributary/consent/terminal';
import { startSandbox, walkConsent } from '@tributary/sandbox';
import { downloadAttachment, uploadAttachment } from '@tributary/transport/attachments';
import { paginate } from '@tributary/transport/paging';
import { undiciTransport } from '@tributary/transport/undici';

const packages = fileURLToPath(new URL('../../packages', import.meta.url));

/** Every entry that a package exports can be loaded, by import and by require. */
const loadEntries = async () => {
  let count = 0;
  for (const manifest of globSync('*/package.json', { cwd: packages })) {
    const folder = join(packages, manifest, '..');
    const { exports } = JSON.parse(readFileSync(join(packages, manifest), 'utf8'));
    for (const [entry, target] of Object.entries(exports)) {
      // Importing this one changes what the process imports from then on.
      if (entry === './register' || typeof target?.default !== 'string') continue;
      const file = join(folder, target.default);
      const loaded = await import(pathToFileURL(file).href);
      const required = createRequire(import.meta.url)(file);
      for (const name of Object.keys(loaded)) assert.equal(required[name], loaded[name], name);
      count += 1;
    }
  }
  return count;
};

const sandbox = await startSandbox();
const site = cloud(sandbox.siteUrl, { gateway: sandbox.gatewayUrl });
const { email, apiToken: token } = sandbox.people.editor;
const content = randomBytes(3_000_000);
const sha256 = createHash('sha256').update(content).digest('hex');

/** A call that is tried again, a list, an attachment up and down. */
const useTerminal = async (name, plugins) => {
  const tributary = createTributary({ site, app: apiToken({ email, token }), plugins });
  const api = tributary.asApp();
  sandbox.failNext({ status: 503 });
  const response = await ensureOk(api.requestConfluence(route`/wiki/api/v2/pages?limit=${1}`));
  const [page] = (await response.clone().json()).results;
  const titles = [];
  for await (const { title } of paginate(api, route`/wiki/api/v2/spaces?limit=${1}`)) {
    titles.push(title);
  }
  const target = { pageId: page.id, filename: `${name}.bin` };
  const uploaded = await uploadAttachment(api, { ...target, bytes: content });
  const { stream } = await downloadAttachment(api, {
    pageId: page.id,
    attachmentId: uploaded.id,
  });
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk);
  assert.equal(uploaded.sha256, sha256);
  assert.equal(hash.digest('hex'), sha256);
  await tributary[Symbol.asyncDispose]();
  return { status: response.status, spaces: titles.length };
};

/** Somebody grants, and is remembered by another client over the same file. */
const useGrants = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-lowest-'));
  const key = generateEncryptionKey();
  const { clientId, clientSecret, redirectUris } = sandbox.client;
  const asked = [];
  for (let round = 0; round < 2; round += 1) {
    const tributary = createTributary({
      site,
      user: oauth({
        clientId,
        clientSecret,
        redirectUri: redirectUris[0],
        authorizationServer: sandbox.authUrl,
        scopes: ['read:space:confluence', 'read:confluence-user'],
      }),
      grants: sqliteGrants({ path: join(folder, 'grants.db'), encryption: encryption({ key }) }),
    });
    const prompt = terminalPrompt({ open: walkConsent({ as: 'editor' }), output: { write() {} } });
    asked.push(
      await runWithConsent(
        async ({ run }) => {
          const spaces = tributary.asUser().requestConfluence(route`/wiki/api/v2/spaces`);
          await (await ensureOk(spaces)).json();
          return run;
        },
        { prompt, user: { id: 'me' } },
      ),
    );
    await tributary[Symbol.asyncDispose]();
  }
  await rm(folder, { recursive: true });
  return asked;
};

const result = {
  node: process.version,
  entries: await loadEntries(),
  ky: await useTerminal('ky', []),
  undici: await useTerminal('undici', [undiciTransport()]),
  runs: await useGrants(),
};
assert.throws(() => route`/wiki/api/v2/pages/${'../admin'}`, { code: 'ROUTE_PATH_MANIPULATION' });
await sandbox.close();
console.log(JSON.stringify(result));
