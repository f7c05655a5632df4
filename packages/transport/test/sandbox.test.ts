import {
  type AttemptCall,
  type AuthenticatedCall,
  type Call,
  createPipeline,
  factsOf,
  type Middleware,
  type ResolvedCall,
  Secret,
} from '@tributary/pipeline';
import { route } from '@tributary/route';
import { startSandbox } from '@tributary/sandbox';
import { makeCall, staticProvider } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { kyTerminal, retry } from '../src/index.js';

describe('retry and the ky terminal in a chain, against the sandbox', () => {
  test('a page is read through a rate limit and an outage, with a credential each time', async () => {
    const sandbox = await startSandbox();
    try {
      const { email, apiToken } = sandbox.people.editor;
      const authorization = `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`;
      const base = `${sandbox.siteUrl}/`;
      const provider = staticProvider({ base, authorization });
      const resolve: Middleware<Call, ResolvedCall> = {
        name: 'resolve',
        wrap: (next) => (call) => next({ ...call, provider, base }),
      };
      const auth: Middleware<AttemptCall, AuthenticatedCall> = {
        name: 'auth',
        wrap: (next) => (call) =>
          next({ ...call, credential: { authorization: new Secret(authorization), base } }),
      };
      await using pipeline = createPipeline({
        resolve,
        retry: retry({ baseDelay: 1 }),
        auth,
        transport: kyTerminal(),
      });
      const { value: path, template } = route`/wiki/api/v2/spaces?limit=${1}`;
      const call = makeCall({ path, template });

      sandbox.failNext({ status: 429, headers: { 'retry-after': '0' } });
      sandbox.failNext({ status: 503 });
      const response = await pipeline.send(call);
      const { results } = (await response.json()) as { results: unknown[] };
      expect(results).toHaveLength(1);
      expect(factsOf(response)).toMatchObject({ template, attempts: 3, sentWith: 'valid' });
      expect(sandbox.requests.map(({ status }) => status)).toEqual([429, 503, 200]);
    } finally {
      await sandbox.close();
    }
  });
});
