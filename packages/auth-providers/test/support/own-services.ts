import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Services } from './running-services.js';

const script = fileURLToPath(new URL('../../../../scripts/services.mjs', import.meta.url));
const run = promisify(execFile);

/** Servers that one test stops and starts; the shared ones stay as they are. */
export const ownServices = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-own-'));
  const file = join(folder, 'services.json');
  const env = { ...process.env, TRIBUTARY_SERVICES: file };
  const command = (...args: string[]) => run(process.execPath, [script, ...args], { env });
  await command('up');
  return {
    ...(JSON.parse(readFileSync(file, 'utf8')) as Services),
    stop: (name: keyof Services) => command('stop', name),
    start: (name: keyof Services) => command('start', name),
    async [Symbol.asyncDispose]() {
      await command('down');
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
