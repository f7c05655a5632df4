import {
  middlewareConformance,
  secureTerminalConformance,
  terminalConformance,
} from '@tributary/testing';
import { describe, test } from 'vitest';
import { kyTerminal, retry } from '../src/index.js';
import { undiciTerminal } from '../src/undici/index.js';

describe.each(Object.entries({ ky: kyTerminal, undici: undiciTerminal }))(
  'the %s terminal keeps the contract',
  (_name, terminal) => {
    const cases = [
      ...terminalConformance({ create: ({ clock }) => terminal({ clock }) }),
      ...secureTerminalConformance({
        create: ({ clock, ca, client }) =>
          terminal({ clock, ...client, ...(ca !== undefined && { ca }) }),
      }),
    ];
    for (const { name, run } of cases) test(name, run);
  },
);

describe('retry keeps the contract', () => {
  for (const { name, run } of middlewareConformance({
    slot: 'retry',
    create: ({ clock, random }) => retry({ clock, random }),
  })) {
    test(name, run);
  }
});
