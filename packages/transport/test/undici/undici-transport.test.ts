import { createRegistry, FETCH, TRANSPORT } from '@tributary/pipeline/di';
import { testAuthority } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { kyTransport } from '../../src/di.js';
import { undiciTransport } from '../../src/undici/index.js';
import { callTo, failure } from '../support/calls.js';
import { serveHttps } from './support.js';

const authority = testAuthority();

describe.each(Object.entries({ kyTransport, undiciTransport }))('%s', (_name, plugin) => {
  test('provides TRANSPORT and FETCH, which trust the same authorities', async () => {
    await using server = await serveHttps(authority.issue());
    const origin = `https://127.0.0.1:${server.port}/`;
    const settings = plugin({ ca: authority.ca, service: { maxBytes: 5 } });
    for (const _chain of ['first', 'second']) {
      const registry = createRegistry({ plugins: [settings] });
      expect((await registry.get(TRANSPORT).send(callTo(origin))).status).toBe(200);
      // The answer has more than 5 bytes: the setting is FETCH's alone.
      const fetch = registry.get(FETCH);
      expect(await failure(fetch(`${origin}token`))).toMatchObject({ code: 'NETWORK_FAILED' });
      await registry[Symbol.asyncDispose]();
      expect(await failure(fetch(`${origin}token`))).toMatchObject({ code: 'CHAIN_INVALID' });
    }
  });
});
