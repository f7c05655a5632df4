import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isServicesUp, servicesFile } from './services.js';

const script = join(import.meta.dirname, '..', 'scripts', 'services.mjs');

let folder: string;
let stateFile: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-script-'));
  stateFile = join(folder, 'services.json');
});
afterAll(async () => {
  await services('down');
  await rm(folder, { recursive: true });
});

/** The script with a state of its own, so that servers of the checkout go on as they are. */
const services = (...words: string[]) =>
  new Promise<{ code: unknown; told: string }>((resolve) => {
    const env = { ...process.env, TRIBUTARY_SERVICES: stateFile };
    const child = execFile(process.execPath, [script, ...words], { env }, (_, __, told) =>
      resolve({ code: child.exitCode, told }),
    );
  });

const isOpen = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false));
  });

interface State {
  readonly folder: string;
  readonly redis: { readonly port: number };
  readonly postgres: { readonly port: number };
}

const readState = (file = stateFile): State => JSON.parse(readFileSync(file, 'utf8'));
const portsOf = ({ redis, postgres }: State) => [redis.port, postgres.port];

test.each([
  ['no command', []],
  ['an unknown one', ['restart']],
])('%s is told the usage', async (_, words) => {
  const { code, told } = await services(...words);
  expect(code).toBe(1);
  expect(told).toContain('Usage: node scripts/services.mjs up | down | status');
});

test('down, it says so, stops nothing and starts nothing', async () => {
  expect(await services('status')).toEqual({
    code: 1,
    told: 'Redis and PostgreSQL are down.\n',
  });
  expect(await services('stop', 'redis')).toMatchObject({ code: 1 });
  expect(await services('down')).toMatchObject({ code: 0 });
  expect(existsSync(stateFile)).toBe(false);
});

test('what a restart of the machine left behind counts as down, and is removed', async () => {
  const gone = await mkdtemp(join(folder, 'gone-'));
  const nobody = { port: 1 };
  await writeFile(stateFile, JSON.stringify({ folder: gone, redis: nobody, postgres: nobody }));
  expect((await services('status')).code).toBe(1);
  expect([existsSync(stateFile), existsSync(gone)]).toEqual([false, false]);
});

// Only where the programs are there: nothing is installed for a test.
describe.skipIf(!isServicesUp)('up', () => {
  test('twice is up once, at free ports beside whatever runs; down is all gone', async () => {
    expect(await services('up')).toMatchObject({ code: 0 });
    const state = readState();
    const ports = portsOf(state);
    expect(await Promise.all(ports.map(isOpen))).toEqual([true, true]);
    expect(new Set([...ports, ...portsOf(readState(servicesFile))]).size).toBe(4);
    // It has passwords.
    expect(statSync(stateFile).mode & 0o777).toBe(0o600);

    const again = await services('up');
    expect(again).toMatchObject({ code: 0 });
    expect(again.told).toContain('up already');
    expect(readState()).toEqual(state);
    expect((await services('status')).code).toBe(0);

    await services('stop', 'redis');
    expect(await Promise.all(ports.map(isOpen))).toEqual([false, true]);
    await services('start', 'redis');
    expect(await Promise.all(ports.map(isOpen))).toEqual([true, true]);

    expect(await services('down')).toMatchObject({ code: 0 });
    expect(await Promise.all(ports.map(isOpen))).toEqual([false, false]);
    expect([existsSync(stateFile), existsSync(state.folder)]).toEqual([false, false]);
    expect(await Promise.all(portsOf(readState(servicesFile)).map(isOpen))).toEqual([true, true]);
  });
});
