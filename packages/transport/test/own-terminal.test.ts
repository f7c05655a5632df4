import { terminalConformance } from '@tributary/testing';
import { describe, test } from 'vitest';
import { createTerminal, type Exchange } from '../src/index.js';

/** As the README shows it, over what the runtime has. */
const exchange: Exchange = ({ url, body = null, ...request }, signal) => {
  const init: RequestInit & { duplex: 'half' } = { ...request, body, duplex: 'half' };
  return fetch(url, { ...init, signal: signal ?? null });
};

describe('a terminal of one’s own keeps the contract', () => {
  const cases = terminalConformance({
    create: ({ clock }) => createTerminal('plain-fetch', exchange, { clock }),
  });
  for (const { name, run } of cases) test(name, run);
});
