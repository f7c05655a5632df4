import { describe, expect, test } from 'vitest';
import { endpointScopes } from '../../src/explain/endpoint-scopes.js';
import { findEndpoint } from '../../src/explain/find-endpoint.js';
import { V1_SCOPES } from '../../src/explain/v1-scopes.js';
import { V2_SCOPES } from '../../src/explain/v2-scopes.js';
import { V2_SUCCESSORS } from '../../src/explain/v2-successors.js';
import { apiToken, explainAuthFailure } from '../../src/index.js';
import { openChain, openSandbox } from '../sandbox-chain.js';

describe('what it reads', () => {
  test('the caller can still read the body, whatever its length', async () => {
    const text = `{"message":"${'x'.repeat(100_000)}"}`;
    for (const body of [text, '', '{"message":"not permitted to use Confluence"}']) {
      const response = new Response(body, { status: 403 });
      await explainAuthFailure(response);
      expect(response.bodyUsed).toBe(false);
      expect(await response.text()).toBe(body);
    }
  });

  test('not more than 4 KiB', async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled += 1024;
          controller.enqueue(new Uint8Array(1024).fill(120));
        },
      },
      { highWaterMark: 0 },
    );
    const response = new Response(body, { status: 403 });
    expect((await explainAuthFailure(response)).cause).toBe('no-permission');
    expect(pulled).toBeLessThanOrEqual(6 * 1024);
    await response.body?.cancel();
  });

  test('a body that was read, is being read or fails is no obstacle', async () => {
    const read = new Response('not permitted to use Confluence', { status: 403 });
    await read.text();
    const locked = new Response('not permitted to use Confluence', { status: 403 });
    locked.body?.getReader();
    const failing = new Response(
      new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) }),
      { status: 403 },
    );
    for (const response of [read, locked, failing, new Response(null, { status: 403 })]) {
      expect((await explainAuthFailure(response)).cause).toBe('no-permission');
    }
  });

  test('an answer that refuses nothing is unknown', async () => {
    expect(await explainAuthFailure(new Response('', { status: 500 }))).toMatchObject({
      cause: 'unknown',
      alsoPossible: [],
    });
  });

  test('says nothing that the server said', async () => {
    const said = '\u001b[2Jnot permitted to use Confluence, canary';
    const failure = await explainAuthFailure(
      new Response(said, { status: 403, headers: { 'x-failure-category': 'canary' } }),
    );
    for (const word of ['canary', '\u001b', '\\u001b']) {
      expect(JSON.stringify(failure)).not.toContain(word);
    }
  });
});

describe('the tables', () => {
  const tables = { V1_SCOPES, V2_SCOPES, V2_SUCCESSORS };
  test.for(Object.entries(tables))('%s: each template is found again', ([, table]) => {
    for (const [template, row] of Object.entries(table)) {
      const spellings = [
        template,
        template.replace(/^\/wiki/, ''),
        `${template}?limit=1`,
        template.replaceAll('{}', '65538'),
        template.replaceAll('{}', 'DOCS'),
        template.replaceAll('{}', 'a-{}'),
      ];
      for (const spelling of spellings) expect(findEndpoint<unknown>(table, spelling)).toBe(row);
    }
  });

  test('scopes are written as Atlassian writes them, methods in capitals', () => {
    const rows = [...Object.entries(V1_SCOPES), ...Object.entries(V2_SCOPES)];
    for (const [template, methods] of rows) {
      for (const method of Object.keys(methods)) {
        expect(method).toMatch(/^(?:GET|POST|PUT|DELETE)$/);
        const scopes = endpointScopes(template, method);
        expect(scopes?.granular.length).toBeGreaterThan(0);
        for (const scope of [...(scopes?.classic ?? []), ...(scopes?.granular ?? [])]) {
          expect(scope).toMatch(/^(?:read|readonly|write|delete|search):[a-z.:-]+$/);
        }
        for (const scope of scopes?.granular ?? []) expect(scope).toMatch(/:confluence$/);
      }
    }
  });

  test('successors are calls of v2, and of the same method', () => {
    for (const methods of Object.values(V2_SUCCESSORS)) {
      for (const [method, successor] of Object.entries(methods)) {
        expect(successor).toMatch(new RegExp(`^${method} /wiki/api/v2/`));
      }
    }
  });

  test('what is not listed is not known', () => {
    expect(endpointScopes('/wiki/api/v2/pages/{}', 'PATCH')).toBeUndefined();
    expect(endpointScopes('/wiki/api/v2/nowhere', 'GET')).toBeUndefined();
    expect(endpointScopes('/wiki/rest/api/content/{}/label', 'POST')).toEqual({
      classic: ['write:confluence-content'],
      granular: ['write:label:confluence'],
    });
  });
});

test('over HTTP, the chain tells all that is needed', async () => {
  await using opened = await openSandbox();
  const { sandbox, redirectUri } = opened;
  const { email, apiToken: classic, scopedToken } = sandbox.people.editor;

  const scopedAtSite = openChain(sandbox, redirectUri, {
    app: apiToken({ email, token: scopedToken }),
  });
  const refused = await scopedAtSite.asApp();
  expect(await explainAuthFailure(refused)).toMatchObject({
    cause: 'invalid-credential',
    alsoPossible: ['wrong-base', 'expired', 'revoked', 'captcha'],
  });
  expect(await explainAuthFailure(refused, { token: 'scoped' })).toMatchObject({
    cause: 'wrong-base',
  });
  expect(await refused.text()).toContain('Client must be authenticated');

  const classicAtGateway = openChain(sandbox, redirectUri, {
    app: apiToken({ email, token: classic, scoped: true }),
  });
  expect(await explainAuthFailure(await classicAtGateway.asApp())).toMatchObject({
    cause: 'invalid-credential',
    nextStep: expect.stringContaining('leave out scoped: true'),
  });

  const chain = openChain(sandbox, redirectUri);
  expect(
    await explainAuthFailure(await chain.bare({ path: '/wiki/rest/api/audit' })),
  ).toMatchObject({ cause: 'anonymous' });

  await opened.consent(await chain.flow('u1'), email);
  const mismatch = await chain.asUser('u1', {
    path: '/wiki/api/v2/spaces',
    template: '/wiki/api/v2/spaces',
  });
  expect(await explainAuthFailure(mismatch)).toMatchObject({
    cause: 'scope-mismatch',
    scopes: { classic: [], granular: ['read:space:confluence'] },
  });
  expect(await mismatch.text()).toContain('scope does not match');

  const gone = await chain.asUser('u1', {
    path: '/wiki/rest/api/content/65538',
    template: '/wiki/rest/api/content/{}',
  });
  expect(await explainAuthFailure(gone)).toMatchObject({
    cause: 'endpoint-gone',
    successor: expect.stringContaining('GET /wiki/api/v2/pages/{}'),
  });
});
