import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { APPS } from './app-copies.js';

const PACKAGE = join(import.meta.dirname, '..', '..');

/** The README's script that holds `text`, word for word. */
const shown = (text: string): string => {
  const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```js.*\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
  return blocks.find((code) => code.includes(text)) ?? '';
};

test('the script that serves an app in five minutes does, and ends at Ctrl-C', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'forge-five-minutes-'));
  try {
    await cp(join(APPS, 'page-hook'), folder, { recursive: true });
    await mkdir(join(folder, 'node_modules', '@tributary'), { recursive: true });
    for (const name of ['api', 'auth-providers', 'sandbox']) {
      const from = join(PACKAGE, 'node_modules', '@tributary', name);
      await symlink(from, join(folder, 'node_modules', '@tributary', name));
    }
    await symlink(PACKAGE, join(folder, 'node_modules', '@tributary', 'forge'));
    // A free port: the one of the README may be taken here.
    const script = shown('startSandbox').replace('serve(app, {', 'serve(app, { port: 0,');
    await writeFile(join(folder, 'serve.mjs'), script);
    // Older Nodes warn of node:sqlite, whoever loads it.
    const env = { ...process.env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' };
    const app = spawn(process.execPath, ['serve.mjs'], { cwd: folder, env });
    let said = '';
    const ping = new Promise<string>((resolve, reject) => {
      const hear = (text: string) => {
        said += text;
        const [, url] = /^webtrigger ping: (\S+)$/m.exec(said) ?? [];
        if (url !== undefined) resolve(url);
      };
      app.stdout.setEncoding('utf8').on('data', hear);
      app.stderr.setEncoding('utf8').on('data', hear);
      app.on('close', () => reject(new Error(said)));
    });
    const answer = await fetch(await ping);
    expect([answer.status, await answer.text()]).toEqual([200, 'up']);
    app.kill('SIGINT');
    expect(await once(app, 'close')).toEqual([0, null]);
    expect(said).toMatch(/^webtrigger ping GET 200 \d+ ms$/m);
    expect(said).not.toContain('Warning');
  } finally {
    await rm(folder, { recursive: true });
  }
});
