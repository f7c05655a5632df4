import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  allowLoopback,
  type ForgeRemoteOptions,
  fromNodeRequest,
  INVOCATION_TOKEN_REASONS,
  InvocationTokenError,
  type InvocationTokenReason,
} from '../../src/forge-remote/index.js';
import {
  APP,
  type ForgeClaims,
  type Issuer,
  NEXT_KEY_ID,
  OTHER_APP,
  openIssuer,
  openRemote,
  requestWith,
  STRANGER,
} from './issuer.js';

let issuer: Issuer;
beforeAll(async () => {
  issuer = await openIssuer();
});
afterAll(() => issuer[Symbol.asyncDispose]());

interface Wrong {
  readonly how: string;
  readonly reason: InvocationTokenReason;
  /** What the request's Authorization is made of. */
  readonly request: (claims: ForgeClaims) => Request;
  readonly options?: Partial<ForgeRemoteOptions>;
}

const tokenThat = (
  how: string,
  reason: InvocationTokenReason,
  make: (claims: ForgeClaims) => string,
  options?: Partial<ForgeRemoteOptions>,
): Wrong => ({
  how,
  reason,
  request: (claims) => requestWith(make(claims)),
  ...(options && { options }),
});

/** Signed as it should be, and with one claim changed. */
const claims = (
  how: string,
  reason: InvocationTokenReason,
  change: (claims: ForgeClaims) => unknown,
  options?: Partial<ForgeRemoteOptions>,
): Wrong => tokenThat(how, reason, (right) => issuer.sign(change(right)), options);

const app = (how: string, reason: InvocationTokenReason, change: Record<string, unknown>): Wrong =>
  claims(how, reason, (right) => ({ ...right, app: { ...right.app, ...change } }));

const later = (time: unknown, seconds: number): number => Number(time) + seconds;
const withHeader = (headers: Record<string, string>): Request =>
  new Request('https://remote.example/', { headers });
const jwk = STRANGER.publicKey.export({ format: 'jwk' });

/** Takes a token apart, changes its claims, and keeps its signature. */
const tamper = (token: string, change: (claims: Record<string, unknown>) => unknown): string => {
  const [header, payload = '', signature] = token.split('.');
  const changed = change(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
};

const WRONG: readonly Wrong[] = [
  { how: 'no header', reason: 'missing', request: () => withHeader({}) },
  {
    how: 'only the OAuth tokens',
    reason: 'missing',
    request: () => withHeader({ 'x-forge-oauth-system': 'a', 'x-forge-oauth-user': 'b' }),
  },
  {
    how: 'two headers',
    reason: 'duplicate-header',
    request: (right) => {
      const request = requestWith(issuer.sign(right));
      request.headers.append('authorization', `Bearer ${issuer.sign(right)}`);
      return request;
    },
  },
  {
    how: 'another scheme',
    reason: 'malformed',
    request: () => withHeader({ authorization: 'Basic YTpi' }),
  },
  tokenThat('no token', 'malformed', () => 'abc'),
  tokenThat('a header that is no JSON', 'malformed', (right) =>
    issuer.sign(right).replace(/^[^.]+/, 'e30x'),
  ),
  tokenThat('a huge token', 'too-large', (right) =>
    issuer.sign({ ...right, filling: 'x'.repeat(60_000) }),
  ),
  tokenThat('no signature, alg none', 'algorithm', (right) => issuer.unsigned(right)),
  tokenThat('alg none with a signature', 'algorithm', (right) =>
    issuer.sign(right, { alg: 'none' }),
  ),
  tokenThat('HS256 with the public key', 'algorithm', (right) => issuer.signWithPublicKey(right)),
  tokenThat('RS512', 'algorithm', (right) => issuer.sign(right, { alg: 'RS512' })),
  tokenThat('crit', 'critical-header', (right) => issuer.sign(right, { crit: ['exp'], exp: 1 })),
  tokenThat('crit b64', 'critical-header', (right) =>
    issuer.sign(right, { crit: ['b64'], b64: false }),
  ),
  tokenThat('an unknown key', 'unknown-key', (right) => issuer.signAsStranger(right, { kid: 'x' })),
  tokenThat('no key id', 'unknown-key', (right) => issuer.sign(right, { kid: undefined })),
  tokenThat('a key id of another kind', 'unknown-key', (right) => issuer.sign(right, { kid: [1] })),
  tokenThat('the key of a polluted prototype', 'unknown-key', (right) =>
    issuer.sign(right, { kid: '__proto__' }),
  ),
  tokenThat('another key by the same id', 'signature', (right) => issuer.signAsStranger(right)),
  tokenThat('a key of its own in the header', 'signature', (right) =>
    issuer.signAsStranger(right, { jwk }),
  ),
  tokenThat('a key of its own in the header, and its id', 'unknown-key', (right) =>
    issuer.signAsStranger(right, { kid: 'mine', jwk: { ...jwk, kid: 'mine' } }),
  ),
  tokenThat('keys of its own by jku', 'unknown-key', (right) =>
    issuer.signAsStranger(right, { kid: 'mine', jku: `${issuer.origin}/evil` }),
  ),
  tokenThat('a certificate of its own by x5u', 'signature', (right) =>
    issuer.signAsStranger(right, { x5u: `${issuer.origin}/evil`, x5c: ['MIIB'] }),
  ),
  tokenThat('a payload that was changed', 'signature', (right) =>
    tamper(issuer.sign(right), (was) => ({ ...was, principal: '557058:evil' })),
  ),
  tokenThat('a signature that was cut', 'signature', (right) => issuer.sign(right).slice(0, -8)),
  claims('claims that are a list', 'claims', () => []),
  claims('claims that are a text', 'claims', () => '"x'),
  claims('another issuer', 'issuer', (right) => ({ ...right, iss: 'forge/invocation-token/' })),
  claims('no issuer', 'issuer', ({ iss: _, ...right }) => right),
  claims('no audience', 'no-audience', ({ aud: _, ...right }) => right),
  claims('an empty list of audiences', 'no-audience', (right) => ({ ...right, aud: [] })),
  claims('two audiences', 'several-audiences', (right) => ({ ...right, aud: [APP, OTHER_APP] })),
  claims('another app', 'audience', (right) => ({
    ...right,
    aud: OTHER_APP,
    app: { ...right.app, id: OTHER_APP },
  })),
  claims('an app by its bare id', 'audience', (right) => ({ ...right, aud: APP.slice(-36) })),
  claims('no expiry', 'no-expiry', ({ exp: _, ...right }) => right),
  claims('an expiry that is a text', 'no-expiry', (right) => ({ ...right, exp: `${right.exp}` })),
  claims('expired', 'expired', (right) => ({ ...right, exp: later(right.iat, -5) })),
  claims('not yet valid', 'not-yet-valid', (right) => ({ ...right, nbf: later(right.nbf, 6) })),
  claims('a beginning that is none', 'not-yet-valid', (right) => ({ ...right, nbf: 'now' })),
  claims('no time of issue', 'no-issue-time', ({ iat: _, ...right }) => right),
  claims('issued in the future', 'issued-in-future', (right) => ({
    ...right,
    iat: later(right.iat, 6),
  })),
  claims('issued long ago', 'too-old', (right) => ({ ...right, iat: later(right.iat, -66) })),
  app('an app that is not the audience', 'app', { id: OTHER_APP }),
  app('no app', 'app', { id: undefined }),
  claims('no app at all', 'app', ({ app: _, ...right }) => right),
  app('the development environment', 'environment', { environment: { type: 'DEVELOPMENT' } }),
  app('no environment', 'environment', { environment: undefined }),
  app('no installation', 'installation', { installationId: undefined, installation: {} }),
  app('two installations', 'installation', { installationId: 'ari:other' }),
  claims('a principal that is an object', 'principal', (right) => ({ ...right, principal: {} })),
  claims('a principal with a line end', 'principal', (right) => ({ ...right, principal: 'a\nb' })),
  app('no apiBaseUrl', 'api-base-url', { apiBaseUrl: undefined }),
  app('an apiBaseUrl over http', 'api-base-url', { apiBaseUrl: 'http://api.atlassian.com/ex/' }),
  app('an apiBaseUrl with a user', 'api-base-url', { apiBaseUrl: 'https://a:b@api.atlassian.com' }),
  app('an apiBaseUrl with a query', 'api-base-url', { apiBaseUrl: 'https://api.atlassian.com/?x' }),
  app('an apiBaseUrl elsewhere', 'api-base-host', { apiBaseUrl: 'https://evil.example/ex/' }),
  app('an apiBaseUrl that only begins right', 'api-base-host', {
    apiBaseUrl: 'https://api.atlassian.com.evil.example/',
  }),
  app('an apiBaseUrl at another port', 'api-base-host', {
    apiBaseUrl: 'https://api.atlassian.com:8443/',
  }),
  app('an apiBaseUrl on loopback', 'api-base-host', { apiBaseUrl: 'http://127.0.0.1:1/' }),
  app('another API of the installation elsewhere', 'api-base-host', {
    installation: { contexts: [{ name: 'jira', apiBaseUrl: 'https://evil.example/' }] },
  }),
  claims('a cloudId that is no UUID', 'cloud-id', (right) => ({
    ...right,
    context: { ...right.context, cloudId: '../../other' },
  })),
  claims('a cloudId that is not of its apiBaseUrl', 'cloud-id', (right) => ({
    ...right,
    context: { ...right.context, cloudId: '99999999-510f-48b9-b8d2-8419d0932949' },
  })),
  app('an apiBaseUrl of no UUID', 'cloud-id', {
    apiBaseUrl: 'https://api.atlassian.com/ex/confluence/x/',
  }),
  claims('a siteUrl that is a script', 'site-url', (right) => ({
    ...right,
    context: { ...right.context, siteUrl: 'javascript:alert(1)' },
  })),
  claims('a siteUrl over http', 'site-url', (right) => ({
    ...right,
    context: { ...right.context, siteUrl: 'http://a.atlassian.net' },
  })),
  ...['system', 'user'].map(
    (whose): Wrong => ({
      how: `two tokens in x-forge-oauth-${whose}`,
      reason: 'oauth-token',
      request: (right) => requestWith(issuer.sign(right), { [`x-forge-oauth-${whose}`]: 'a, b' }),
    }),
  ),
];

describe('each way of being wrong is refused for its own reason', () => {
  test.for(WRONG)('$how: $reason', async ({ reason, request, options }) => {
    const bench = openRemote(issuer, options);
    const sent = request(bench.claims());
    const error: unknown = await bench.remote.verifyInvocation(sent).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(InvocationTokenError);
    expect(error).toMatchObject({
      code: 'INVOCATION_TOKEN_INVALID',
      reason,
      status: 401,
      retryable: false,
    });
    const token = sent.headers.get('authorization')?.split(/[ ,]+/)[1] ?? 'no token';
    const shown = `${inspect(error, { depth: 9 })}${JSON.stringify(error)}${bench.logger.text()}`;
    expect(shown).not.toContain(token.split('.')[1] ?? token);
    expect(bench.logger.entries.map(({ fields }) => fields)).toEqual([{ reason }]);
  });

  test('no reason is without its test', () => {
    const tried = new Set(WRONG.map(({ reason }) => reason));
    expect([...tried].toSorted()).toEqual(Object.keys(INVOCATION_TOKEN_REASONS).toSorted());
  });

  test('and nothing that a token names was asked for', () => {
    expect([...new Set(issuer.asked)]).toEqual(['/.well-known/jwks.json']);
  });
});

test('whatever a signed token holds is an invocation of its site, or refused', async () => {
  const { verify, claims: right } = openRemote(issuer);
  const paths = fc.constantFrom(
    ...[['aud'], ['exp'], ['nbf'], ['iat'], ['principal'], ['context'], ['app']],
    ...[
      ['app', 'id'],
      ['app', 'apiBaseUrl'],
      ['app', 'environment'],
      ['app', 'installation'],
    ],
    ...[
      ['app', 'installationId'],
      ['app', 'installation', 'contexts'],
      ['app', 'module'],
    ],
    ...[['context', 'cloudId'], ['context', 'siteUrl'], ['app', 'license'], ['__proto__']],
  );
  const change = async (path: readonly string[], value: unknown) => {
    const changed = structuredClone(right()) as Record<string, unknown>;
    const last = path.at(-1) ?? '';
    const at = path.slice(0, -1).reduce((of, name) => of[name] as typeof of, changed);
    Object.defineProperty(at, last, { value, enumerable: true });
    const outcome: unknown = await verify(issuer.sign(changed)).catch((error) => error);
    if (outcome instanceof InvocationTokenError) return;
    expect(outcome).toMatchObject({
      surface: 'forge',
      installationId: expect.any(String),
      site: { gateway: 'https://api.atlassian.com/', cloudId: right().context?.cloudId },
    });
  };
  await fc.assert(fc.asyncProperty(paths, fc.jsonValue(), change), { numRuns: 300 });
});

describe('the bounds', () => {
  test.for([
    ['expired within the skew', { exp: -4 }],
    ['valid within the skew', { nbf: 5, iat: 5 }],
    ['issued just long enough ago', { iat: -65 }],
  ] as const)('%s is taken', async ([, change]) => {
    const { verify, claims: right } = openRemote(issuer);
    const { iat } = right();
    const changed = Object.entries(change).map(([name, by]) => [name, later(iat, by)]);
    const invocation = await verify(issuer.sign({ ...right(), ...Object.fromEntries(changed) }));
    expect(invocation.surface).toBe('forge');
  });

  test('are those that were configured', async () => {
    const strict = openRemote(issuer, { clockSkewMs: 0, maxAgeMs: 1_000 });
    const right = strict.claims();
    const refused = async (change: object) =>
      strict.verify(issuer.sign({ ...right, ...change })).catch(({ reason }) => reason);
    expect(await refused({ exp: right.iat })).toBe('expired');
    expect(await refused({ iat: later(right.iat, -2) })).toBe('too-old');

    const developing = openRemote(issuer, { environments: ['DEVELOPMENT'] });
    const own = developing.claims();
    const environment = { type: 'DEVELOPMENT' };
    const token = issuer.sign({ ...own, app: { ...own.app, environment } });
    expect((await developing.verify(token)).remote.environment).toEqual(environment);
    await expect(developing.verify(issuer.sign(own))).rejects.toMatchObject({
      reason: 'environment',
    });
  });

  test('loopback is an API only by the symbol', async () => {
    const { verify, claims: right } = openRemote(issuer, { [allowLoopback]: true });
    const apiBaseUrl = `${issuer.origin}/ex/confluence/${right().context?.cloudId}`;
    const installation = { contexts: [] };
    const token = issuer.sign({
      ...right(),
      app: { ...right().app, apiBaseUrl, installation },
    });
    const { site } = await verify(token);
    expect(site.gateway).toBe(`${issuer.origin}/`);
  });

  test('a list of one audience is that audience', async () => {
    const { verify, claims: right } = openRemote(issuer, { appIds: [OTHER_APP, APP] });
    const { remote } = await verify(issuer.sign({ ...right(), aud: [APP] }));
    expect(remote.appId).toBe(APP);
  });
});

test('two headers show through Node, which drops the second', async () => {
  const { remote, claims: right } = openRemote(issuer);
  const authorization = `Bearer ${issuer.sign(right())}`;
  const rawHeaders = ['Authorization', authorization, 'authorization', authorization];
  await expect(remote.verifyInvocation(fromNodeRequest({ rawHeaders }))).rejects.toMatchObject({
    reason: 'duplicate-header',
  });
});

test(`${NEXT_KEY_ID} is not known before it is published`, async () => {
  const { verify, claims: right } = openRemote(issuer);
  await expect(verify(issuer.signWithNext(right()))).rejects.toMatchObject({
    reason: 'unknown-key',
  });
});
