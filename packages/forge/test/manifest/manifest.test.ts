import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ManifestError, oauthScopes, parseManifest, readManifest } from '../../src/serve/index.js';

const APP = 'app:\n  id: ari:cloud:ecosystem::app/1234\n';

const problemsOf = (text: string) => {
  try {
    parseManifest(text, 'app/manifest.yml');
  } catch (error) {
    if (error instanceof ManifestError) {
      return error.problems.map(({ line, field, problem }) => `${line} ${field} ${problem}`);
    }
    throw error;
  }
  return [];
};

test('what an app is made of, with the line of each part', () => {
  const manifest = parseManifest(
    `${APP}  runtime:
    name: nodejs22.x
modules:
  macro:
    - key: tile
      resource: main
      resolver:
        function: resolve
  webtrigger:
    - key: hook
      function: hook
    - key: ping
      function: hook
      response:
        type: static
        outputs:
          - key: up
            statusCode: 200
            contentType: text/plain
            body: up
  scheduledTrigger:
    - key: nightly
      function: run
      interval: day
  trigger:
    - key: created
      function: run
      events: [avi:confluence:created:page, avi:confluence:updated:page]
  function:
    - key: resolve
      handler: index.handler
    - key: hook
      handler: hooks/web.hook
    - key: run
      handler: index.run
      timeoutSeconds: 900
permissions:
  scopes: [read:page:confluence, write:page:confluence]
  external:
    fetch:
      backend: ['*.example.com', { address: api.example.org }, { remote: back }]
      client: [cdn.example.com]
    images: ['*']
`,
    'app/manifest.yml',
  );
  expect(manifest).toMatchObject({
    file: 'app/manifest.yml',
    folder: expect.stringMatching(/[\\/]app$/),
    app: { id: '1234', runtime: 'nodejs22.x' },
    functions: [
      { key: 'resolve', handler: { file: 'index', name: 'handler' }, line: 33 },
      { key: 'hook', handler: { file: 'hooks/web', name: 'hook' } },
      { key: 'run', timeoutSeconds: 900, field: 'modules.function[2].handler' },
    ],
    resolvers: [
      {
        type: 'macro',
        key: 'tile',
        function: 'resolve',
        line: 10,
        field: 'modules.macro[0].resolver.function',
      },
    ],
    webTriggers: [
      { key: 'hook', function: 'hook' },
      {
        key: 'ping',
        outputs: [{ key: 'up', statusCode: 200, contentType: 'text/plain', body: 'up' }],
      },
    ],
    scheduledTriggers: [{ key: 'nightly', function: 'run', interval: 'day' }],
    eventTriggers: [{ events: ['avi:confluence:created:page', 'avi:confluence:updated:page'] }],
    permissions: {
      scopes: ['read:page:confluence', 'write:page:confluence'],
      external: {
        fetch: {
          backend: ['*.example.com', { address: 'api.example.org' }, { remote: 'back' }],
          client: ['cdn.example.com'],
        },
        images: ['*'],
      },
    },
    unsupported: [],
  });
  expect(manifest.webTriggers[0]).not.toHaveProperty('outputs');
});

test('scopes with settings, and none at all', () => {
  const text = `${APP}modules: {}
permissions:
  scopes:
    read:page:confluence:
      allowImpersonation: true
    write:page:confluence: {}
`;
  expect(parseManifest(text, 'm.yml').permissions.scopes).toEqual([
    'read:page:confluence',
    'write:page:confluence',
  ]);
  expect(parseManifest(`${APP}modules: {}\n`, 'm.yml').permissions).toEqual({
    scopes: [],
    external: { fetch: { backend: [] } },
  });
});

test('what nothing here runs is listed, by type and key, with what to do', () => {
  const { unsupported, webTriggers } = parseManifest(
    `${APP}modules:
  consumer:
    - key: jobs
      queue: jobs
      function: run
  confluence:contentAction:
    - key: act
      resource: main
  jira:workflowValidator:
    - key: valid
      function: run
  webtrigger:
    - key: away
      endpoint: back
  macro:
    - key: far
      resource: main
      resolver: { endpoint: back }
  endpoint:
    - key: back
      remote: server
  function:
    - key: run
      handler: index.run
resources:
  - key: main
    path: ui
remotes:
  - key: server
    baseUrl: https://example.com
`,
    'm.yml',
  );
  expect(unsupported.map(({ type, key, line }) => `${type} ${key} ${line}`)).toEqual([
    'consumer jobs 5',
    'confluence:contentAction act 9',
    'jira:workflowValidator valid 12',
    'webtrigger away 15',
    'macro far 18',
    'endpoint back 22',
    'resources main 28',
    'remotes server 31',
  ]);
  for (const { reason } of unsupported) expect(reason.length).toBeGreaterThan(20);
  expect(webTriggers).toEqual([]);
});

test('what is wrong is named by file, line and field, all of it at once', () => {
  const text = `app:
  id: 1234
modules:
  scheduledTrigger:
    - key: nightly
      function: rum
      interval: monthly
  trigger:
    - key: created
      function: run
  webtrigger:
    - key: two words
      function: run
    - key: fixed
      function: run
      response: { type: static }
  function:
    - key: run
      handler: index
      timeoutSeconds: 1000
    - key: ok
      handler: ../index.run
    - key: again
      handler: index.a
    - key: again
      handler: index.b
permissions:
  scopes: read:page:confluence
`;
  expect(problemsOf(text)).toEqual([
    "2 app.id must be ari:cloud:ecosystem::app/ and the app's id",
    '6 modules.scheduledTrigger[0].function names the function rum, which is not there; there is: run, ok, again',
    '7 modules.scheduledTrigger[0].interval must be one of fiveMinute, hour, day, week',
    '9 modules.trigger[0].events is missing: give the events that call the function',
    '12 modules.webtrigger[0].key must be a key of letters, digits, "_" and "-"',
    '16 modules.webtrigger[1].response.outputs is missing: a static web trigger needs them',
    '19 modules.function[0].handler must be file.function, such as index.run',
    '20 modules.function[0].timeoutSeconds must be a whole number from 1 to 900',
    '22 modules.function[1].handler must be file.function, such as index.run',
    '25 modules.function[3].key is again a second time; the first is in line 23',
    '28 permissions.scopes must be a list of scopes',
  ]);
  expect(() => parseManifest(text, 'app/manifest.yml')).toThrow(
    /^app\/manifest\.yml:2: app\.id must be .*; app\/manifest\.yml:6: /,
  );
});

test.for([
  [
    '',
    [
      "1 app.id is missing: give ari:cloud:ecosystem::app/ and the app's id",
      '1 modules is missing: give the modules of the app',
    ],
  ],
  [`${APP}modules: []\n`, ['3 modules must be a map of modules by their types']],
  [`${APP}modules:\n  macro: tile\n`, ['4 modules.macro must be a list of modules']],
  [
    `${APP}modules:\n  macro:\n    - tile\n`,
    [expect.stringMatching(/^5 modules\.macro\[0\]\.key is missing/)],
  ],
  [
    `${APP}  runtime: { name: sandbox }\nmodules: {}\n`,
    [expect.stringMatching(/^3 app\.runtime\.name is the runtime that Forge no longer has/)],
  ],
  ['app: [\n  modules', [expect.stringMatching(/^\d+ {2}is no YAML: /)]],
] as const)('%j', ([text, problems]) => {
  expect(problemsOf(text)).toEqual(problems);
});

test('a key like one of Object.prototype is a module of no known kind', () => {
  const text = `${APP}modules:\n  constructor:\n    - key: a\n      function: b\n  __proto__:\n    - key: c\n`;
  expect(parseManifest(text, 'm.yml').unsupported.map(({ type }) => type)).toEqual([
    'constructor',
    '__proto__',
  ]);
});

test('a folder or a file; what is not there is said', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'forge-manifest-'));
  try {
    expect(() => readManifest(folder)).toThrow(/manifest: there is no manifest\.yml in /);
    expect(() => readManifest(join(folder, 'other.yml'))).toThrow(/other\.yml is not there/);
    const file = join(folder, 'manifest.yaml');
    await writeFile(file, `${APP}modules: {}\n`);
    expect(readManifest(folder)).toMatchObject({ file, folder });
    expect(readManifest(file).app.id).toBe('1234');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('what an OAuth app asks its users for', () => {
  const scopes = [
    'storage:app',
    'read:page:confluence',
    'read:confluence-content.all',
    'readonly:content.attachment:confluence',
    'search:confluence',
    'read:jira-work',
    'read:app-user-token',
  ];
  expect(oauthScopes({ permissions: { scopes } })).toEqual(['read:me', ...scopes.slice(1, 6)]);
});
