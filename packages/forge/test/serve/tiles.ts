import { afterAll, afterEach } from 'vitest';
import { parseManifest, type ServeOptions } from '../../src/serve/index.js';
import { createStand, type Served, type Stand } from './served.js';

/** An app of which everything calls one function. */
export const MANIFEST = parseManifest(
  `app:
  id: ari:cloud:ecosystem::app/1234
modules:
  macro:
    - key: tile
      resource: main
      resolver: { function: run }
  consumer:
    - key: jobs
      queue: jobs
      function: run
  webtrigger:
    - { key: hook, function: run }
    - key: fixed
      function: run
      response:
        type: static
        outputs: [{ key: gone, statusCode: 410 }]
  scheduledTrigger:
    - { key: often, function: run, interval: fiveMinute }
  trigger:
    - { key: made, function: run, events: [avi:confluence:created:page] }
  function:
    - { key: run, handler: index.run }
permissions:
  scopes: [read:space:confluence]
  external:
    fetch:
      backend: [allowed.example.com]
`,
  '/somewhere/tiles/manifest.yml',
);

type Run = (payload: never, context: never) => unknown;

/** One stand for the tests of a file: each begins an app of its own, which ends with it. */
export interface Tiles extends Stand {
  begin(run: Run, options?: Partial<ServeOptions>): Promise<Served>;
}

export const tilesOfFile = (): Tiles => {
  const stand = createStand();
  let served: Served | undefined;
  afterEach(async () => {
    await served?.[Symbol.asyncDispose]();
    served = undefined;
  });
  afterAll(() => stand[Symbol.asyncDispose]());
  return {
    ...stand,
    async begin(run, options = {}) {
      served = await stand.serve({ manifest: MANIFEST, handlers: { run } }, options);
      return served;
    },
  };
};

export const urlOf = ({ server }: Served, key = 'hook'): string =>
  server.webTriggers.find(({ triggerKey }) => triggerKey === key)?.url ?? '';
