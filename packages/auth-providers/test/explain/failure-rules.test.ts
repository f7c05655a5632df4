import { describe, expect, test } from 'vitest';
import { FAILURE_RULES } from '../../src/explain/failure-rules.js';
import {
  type AuthFailureCause,
  type AuthFailureContext,
  cloud,
  dataCenter,
  explainAuthFailure,
} from '../../src/index.js';
import { CLOUD_ID } from '../services.js';

const SITE = cloud('https://example.atlassian.net', { cloudId: CLOUD_ID });
const DC = dataCenter('https://intranet.example.com/confluence');
const AT_SITE = { site: SITE, base: SITE.url };
const AT_GATEWAY = {
  site: SITE,
  base: `https://api.atlassian.com/ex/confluence/${CLOUD_ID}/`,
};
const AT_DC = { site: DC, base: DC.url };
const template = '/wiki/api/v2/pages/{}';

interface Example {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly context?: AuthFailureContext;
}
type Row = readonly [rule: string, cause: AuthFailureCause, example: Example, nextStep: RegExp];

const scopeBody = { code: 401, message: 'Unauthorized; scope does not match' };
const unauthorized = { code: 401, message: 'Unauthorized' };

/** One per rule, in their order, as Confluence was seen to answer. */
const ROWS: readonly Row[] = [
  [
    'gone, with a successor',
    'endpoint-gone',
    {
      status: 410,
      body: { message: 'GoneException: This deprecated endpoint has been removed' },
      context: { ...AT_GATEWAY, template: '/wiki/rest/api/content/{}', method: 'PUT' },
    },
    /PUT \/wiki\/api\/v2\/pages\/\{\}/,
  ],
  [
    'gone at the gateway',
    'endpoint-gone',
    { status: 410, context: { ...AT_GATEWAY, template: '/wiki/rest/api/content/{}/copy' } },
    /classic API token/,
  ],
  ['gone', 'endpoint-gone', { status: 410 }, /v2 reference/],
  ['XSRF', 'xsrf', { status: 403, body: 'XSRF check failed' }, /X-Atlassian-Token: no-check/],
  [
    'CAPTCHA',
    'captcha',
    {
      status: 401,
      headers: { 'x-seraph-loginreason': 'AUTHENTICATION_DENIED' },
      context: { ...AT_DC, provider: 'personal-access-token' },
    },
    /in a browser/,
  ],
  [
    'scope, OAuth',
    'scope-mismatch',
    {
      status: 401,
      headers: { 'x-failure-category': 'FAILURE_CLIENT_SCOPE_CHECK' },
      body: scopeBody,
      context: { ...AT_GATEWAY, provider: 'oauth', template, method: 'DELETE' },
    },
    /wants delete:page:confluence; classic scopes do not count.*consent again/,
  ],
  [
    'scope, API token',
    'scope-mismatch',
    {
      status: 401,
      body: scopeBody,
      context: {
        ...AT_GATEWAY,
        provider: 'api-token',
        template: '/rest/api/content/{}/child/attachment',
        method: 'PUT',
      },
    },
    /wants write:confluence-file, or write:attachment:confluence\. .*create another/,
  ],
  [
    'scope, Forge',
    'scope-mismatch',
    { status: 401, body: scopeBody, context: { ...AT_GATEWAY, provider: 'forge-remote-app' } },
    /reference lists the scopes.*manifest/,
  ],
  ['scope', 'scope-mismatch', { status: 403, body: scopeBody, context: AT_GATEWAY }, /credential/],
  ['nothing sent', 'anonymous', { status: 401, context: { sentWith: 'none' } }, /asApp\(\)/],
  [
    'expired',
    'expired',
    { status: 401, body: unauthorized, context: { ...AT_GATEWAY, sentWith: 'expired' } },
    /fresh/,
  ],
  [
    'revoked',
    'revoked',
    { status: 401, body: { error_description: 'Token has been expired or revoked.' } },
    /grant again/,
  ],
  [
    'OAuth token at a site URL',
    'wrong-base',
    { status: 401, context: { ...AT_SITE, provider: 'bearer', sentWith: 'valid' } },
    /gateway/,
  ],
  [
    'scoped token at a site URL',
    'wrong-base',
    { status: 401, context: { ...AT_SITE, provider: 'api-token', token: 'scoped' } },
    /scoped: true/,
  ],
  [
    'classic token at the gateway',
    'wrong-base',
    { status: 401, context: { ...AT_GATEWAY, provider: 'api-token', token: 'classic' } },
    /Leave out scoped: true/,
  ],
  [
    'API token at a site URL',
    'invalid-credential',
    { status: 401, context: { ...AT_SITE, provider: 'api-token', token: 'classic' } },
    /id\.atlassian\.com/,
  ],
  [
    'API token at the gateway',
    'invalid-credential',
    { status: 401, context: { ...AT_GATEWAY, provider: 'api-token', token: 'scoped' } },
    /leave out scoped: true/,
  ],
  [
    'OAuth grant at the gateway',
    'revoked',
    { status: 401, body: unauthorized, context: { ...AT_GATEWAY, provider: 'oauth' } },
    /grant again/,
  ],
  [
    'other token at the gateway',
    'invalid-credential',
    { status: 401, body: unauthorized, context: { ...AT_GATEWAY, provider: 'bearer' } },
    /for the gateway/,
  ],
  [
    'no licence',
    'no-licence',
    { status: 403, body: { message: 'Current user not permitted to use Confluence' } },
    /administrator/,
  ],
  [
    'served as nobody',
    'anonymous',
    { status: 404, headers: { 'x-ausername': 'anonymous' }, context: AT_DC },
    /verify\(\)/,
  ],
  [
    'failed log-in on Data Center',
    'invalid-credential',
    {
      status: 401,
      headers: { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' },
      context: { ...AT_DC, provider: 'personal-access-token' },
    },
    /Personal Access Tokens/,
  ],
  [
    'permission as a 401 on Data Center',
    'no-permission',
    {
      status: 401,
      body: '<p>Client must be authenticated to access this resource.</p>',
      context: { ...AT_DC, sentWith: 'valid' },
    },
    /permission/,
  ],
  ['refused on Data Center', 'invalid-credential', { status: 401, context: AT_DC }, /context path/],
  [
    'failed log-in',
    'invalid-credential',
    {
      status: 403,
      headers: { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' },
      context: AT_SITE,
    },
    /valid/,
  ],
  ['refused', 'invalid-credential', { status: 401 }, /honoured/],
  [
    'a web page instead of an answer',
    'blocked',
    {
      status: 403,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: '<html>',
      context: AT_SITE,
    },
    /User-Agent/,
  ],
  ['forbidden', 'no-permission', { status: 403 }, /licence/],
  ['not found', 'hidden', { status: 404 }, /id/],
];

const answer = ({ status, headers = {}, body = '' }: Example): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });

test('each rule has its row here, in the same order', () => {
  expect(ROWS.map(([name]) => name)).toEqual(FAILURE_RULES.map(({ name }) => name));
});

describe('each rule', () => {
  test.for(ROWS)('%s: %s', async ([name, cause, example, nextStep]) => {
    const rule = FAILURE_RULES.find((candidate) => candidate.name === name);
    const response = answer(example);
    const failure = await explainAuthFailure(response, example.context);
    expect(failure).toMatchObject({ cause, status: example.status, reason: rule?.reason });
    expect(failure.alsoPossible).toEqual(rule?.alsoPossible ?? []);
    expect(failure.alsoPossible).not.toContain(cause);
    expect(failure.nextStep).toMatch(nextStep);
    expect(failure.nextStep).not.toMatch(/\{(?:scopes|successor)\}|undefined/);
  });

  test.for(FAILURE_RULES)('$name is worded as a sentence', ({ reason, nextStep }) => {
    expect(reason).toMatch(/^[A-Z].*\.$/);
    expect(nextStep).toMatch(/^[A-Z{].*\.$/);
  });
});
