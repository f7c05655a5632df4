import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Sandbox, startSandbox } from '@tributary/sandbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocks, fileOf, isScript, readmes, root } from './code-blocks.js';

const run = promisify(execFile);
const scripts = blocks.filter(isScript);
const BLOCKS = join(root, 'test', '.readme');

/** Packages whose README shows code must be found, or the suite would pass on nothing. */
const WORKSPACES = globSync(['packages/*/package.json', 'apps/*/package.json'], { cwd: root });

let sandbox: Sandbox;

beforeAll(async () => {
  rmSync(BLOCKS, { recursive: true, force: true });
  for (const block of scripts) {
    const file = join(root, fileOf(block));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, block.code);
  }
  sandbox = await startSandbox();
});

afterAll(() => sandbox.close());

/** What a reader has in their environment; the site is the sandbox's. */
const environment = () => ({
  ...process.env,
  TRIBUTARY_SITE: sandbox.siteUrl,
  TRIBUTARY_EMAIL: sandbox.people.editor.email,
  TRIBUTARY_TOKEN: sandbox.people.editor.apiToken,
});

test('every package and app has a README', () => {
  for (const manifest of WORKSPACES)
    expect(readmes).toContain(join(dirname(manifest), 'README.md'));
});

describe('code blocks', () => {
  // JavaScript can't say what a parameter or a caught error is.
  const kinds = [
    { kind: 'TypeScript', extension: '.mts', looser: {} },
    {
      kind: 'JavaScript',
      extension: '.mjs',
      looser: { noImplicitAny: false, useUnknownInCatchVariables: false },
    },
  ];
  test.for(kinds)('$kind type-checks under strict', async ({ kind, extension, looser }) => {
    const files = scripts.map(fileOf).filter((file) => file.endsWith(extension));
    const config = join(BLOCKS, `tsconfig.${kind}.json`);
    writeFileSync(
      config,
      JSON.stringify({
        extends: '../../tsconfig.base.json',
        compilerOptions: {
          composite: false,
          declaration: false,
          declarationMap: false,
          noEmit: true,
          allowJs: true,
          checkJs: true,
          ...looser,
        },
        files: files.map((file) => join(root, file)),
      }),
    );
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], {
      cwd: BLOCKS,
    }).catch((error: { stdout: string }) => expect.unreachable(error.stdout));
  });

  const runnable = scripts.filter((block) => !block.flags.includes('no-run'));
  test.for(runnable)('$readme line $line runs', async (block) => {
    await run(process.execPath, [join(root, fileOf(block))], {
      cwd: root,
      env: environment(),
      timeout: 50_000,
    });
  });

  test.for(blocks.filter((block) => block.language === 'json'))(
    '$readme line $line is JSON',
    (block) => {
      JSON.parse(block.code);
    },
  );

  const commands = blocks
    .filter((block) => block.language === 'sh')
    .flatMap((block) =>
      block.code
        .split('\n')
        .map((line) => line.replace(/\s+#.*$/, '').trim())
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((command) => ({ readme: block.readme, command })),
    );
  test.for(commands)('$readme: `$command` names what exists', ({ command }) => {
    expect(checkCommand(command)).toBe(true);
  });

  test('every block is of a kind that is checked', () => {
    const known = ['ts', 'js', 'mjs', 'typescript', 'javascript', 'json', 'sh', 'text', 'ini'];
    for (const block of blocks)
      expect(known, `${block.readme}:${block.line}`).toContain(block.language);
  });
});

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const workspaceNames = WORKSPACES.map(
  (file) => (JSON.parse(readFileSync(join(root, file), 'utf8')) as { name: string }).name,
);

/** Commands are run by other tests and by CI; here each must name a script, package or file that is there. */
function checkCommand(command: string): boolean {
  const words = command.split(/\s+/);
  if (words[0] === 'npm' && words[1] === 'install') {
    return words
      .slice(2)
      .filter((word) => word.startsWith('@tributary/'))
      .every((name) => workspaceNames.includes(name));
  }
  if (command.startsWith('npx -y pnpm@12 ')) {
    const script = words[3] ?? '';
    return script in manifest.scripts || script === 'install' || script === '--filter';
  }
  if (words[0] === 'node') return /\.m?[jt]s$/.test(words[1] ?? '');
  if (words[0] === 'cp') return existsSync(join(root, words[1] ?? ''));
  if (words[0] === 'npx')
    return ['tributary-sandbox', '@tributary/sandbox'].includes(words[1] ?? '');
  return words[0] === 'git' || words[0] === 'cd' || /^[A-Z_]+=/.test(words[0] ?? '');
}
