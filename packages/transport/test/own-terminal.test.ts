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
  // The fetch of Node 22 and 24 ends bodies with a reason of its own, and goes on with answered uploads.
  const isOld = Number.parseInt(process.versions.undici ?? '', 10) < 8;
  const beyondOld = /abort between|abort leaves|before the upload is done/;
  for (const { name, run } of cases) test.skipIf(isOld && beyondOld.test(name))(name, run);
});
