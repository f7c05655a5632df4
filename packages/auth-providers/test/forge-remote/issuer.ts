import { createHmac, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServiceFetch } from '@tributary/pipeline';
import { collectLogs, type FakeClock, fakeClock } from '@tributary/testing';
import { type ForgeRemoteOptions, forgeRemote } from '../../src/forge-remote/index.js';

export const APP_ID = '77334c21-3dd0-474f-a53f-28b4eeee5a71';
export const APP = `ari:cloud:ecosystem::app/${APP_ID}`;
export const OTHER_APP = 'ari:cloud:ecosystem::app/00000000-3dd0-474f-a53f-28b4eeee5a71';

/** One customer: its installation, site and person. */
export const tenant = (letter: 'a' | 'b') => {
  const cloudId = `${letter.repeat(8)}-510f-48b9-b8d2-8419d0932949`;
  return {
    cloudId,
    siteUrl: `https://${letter}.atlassian.net`,
    apiBaseUrl: `https://api.atlassian.com/ex/confluence/${cloudId}`,
    installationId: `ari:cloud:ecosystem::installation/${letter.repeat(8)}-dc7b-4798-9715-bd098ac0d9d1`,
    accountId: `557058:${letter.repeat(8)}-8954-42b0-aa38-771a10c88656`,
  };
};

export type Tenant = ReturnType<typeof tenant>;
type Json = Record<string, unknown>;

/** The claims of a UI invocation, as Atlassian's page "Forge Remote essentials" shows them. */
export const claimsOf = (clock: FakeClock, of: Tenant = tenant('a')) => {
  const now = Math.floor(clock.now() / 1000);
  return {
    app: {
      id: APP,
      version: '16',
      appVersion: '16.0.1',
      installationId: of.installationId,
      apiBaseUrl: of.apiBaseUrl,
      environment: { type: 'PRODUCTION', id: `ari:cloud:ecosystem::environment/${APP_ID}/1` },
      module: { type: 'xen:macro', key: 'a-macro' },
      installation: {
        id: of.installationId,
        contexts: [{ name: 'confluence', apiBaseUrl: of.apiBaseUrl, cloudId: of.cloudId }],
      },
    } as Json,
    context: {
      cloudId: of.cloudId,
      siteUrl: of.siteUrl,
      extension: { type: 'macro', content: { id: '42' } },
    } as Json | undefined,
    principal: of.accountId as unknown,
    aud: APP as unknown,
    iss: 'forge/invocation-token' as unknown,
    iat: now as unknown,
    nbf: now as unknown,
    exp: (now + 25) as unknown,
    jti: 'd8a496253ec8c18a54631e4c82cbedd5d0ae8570',
  };
};

export type ForgeClaims = ReturnType<typeof claimsOf>;

/** Of a scheduled trigger or an event: nobody invokes, and no module has a context. */
export const backendClaims = (clock: FakeClock, of?: Tenant) => {
  const { principal: _, context: __, ...claims } = claimsOf(clock, of);
  return claims;
};

const base64url = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const makePair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
// Made once: a key takes longer than a test.
const [first, second, strangers] = [makePair(), makePair(), makePair()];
export const STRANGER = strangers;
export const KEY_ID = 'forge/invocation-token/wf-1';
export const NEXT_KEY_ID = 'forge/invocation-token/wf-2';

const jwkOf = (key: KeyObject, kid: string): Json => ({
  ...key.export({ format: 'jwk' }),
  kid,
  use: 'sig',
  alg: 'RS256',
});

const signed = (input: string, key: KeyObject): string =>
  `${input}.${signBytes('RSA-SHA256', Buffer.from(input), key).toString('base64url')}`;

export const signWith = (key: KeyObject, header: Json, claims: unknown): string =>
  signed(`${base64url(header)}.${base64url(claims)}`, key);

/** Atlassian's keys on loopback, and whoever signs with them. */
export const openIssuer = async () => {
  let keys: readonly Json[] = [jwkOf(first.publicKey, KEY_ID)];
  let answer = (): { status: number; body: string } => ({
    status: 200,
    body: JSON.stringify({ keys }),
  });
  const standard = answer;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const { status, body } = answer();
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const header = { alg: 'RS256', typ: 'JWT', kid: KEY_ID };
  return {
    origin,
    jwksUrl: `${origin}/.well-known/jwks.json`,
    /** Paths that were asked for. */
    asked,
    answerWith: (next: typeof answer | undefined) => {
      answer = next ?? standard;
    },
    /** The next key stands beside the first, or takes its place. */
    rotate: ({ keepFirst = true } = {}) => {
      const next = jwkOf(second.publicKey, NEXT_KEY_ID);
      keys = keepFirst ? [jwkOf(first.publicKey, KEY_ID), next] : [next];
    },
    sign: (claims: unknown, extra: Json = {}) =>
      signWith(first.privateKey, { ...header, ...extra }, claims),
    signWithNext: (claims: unknown) =>
      signWith(second.privateKey, { ...header, kid: NEXT_KEY_ID }, claims),
    signAsStranger: (claims: unknown, extra: Json = {}) =>
      signWith(strangers.privateKey, { ...header, ...extra }, claims),
    /** The public key taken for a shared secret. */
    signWithPublicKey: (claims: unknown) => {
      const input = `${base64url({ ...header, alg: 'HS256' })}.${base64url(claims)}`;
      const pem = first.publicKey.export({ type: 'spki', format: 'pem' });
      return `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
    },
    unsigned: (claims: unknown) =>
      `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url(claims)}.`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export type Issuer = Awaited<ReturnType<typeof openIssuer>>;

export const serviceFetch: ServiceFetch = (url, init) =>
  fetch(url, { ...init, redirect: 'manual' });

export const requestWith = (token: string, headers: Record<string, string> = {}): Request =>
  new Request('https://remote.example/endpoint', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...headers },
    body: '{}',
  });

/** A remote of one's own over the issuer, on a clock that stands still. */
export const openRemote = (issuer: Issuer, options: Partial<ForgeRemoteOptions> = {}) => {
  const clock = fakeClock();
  const logger = collectLogs();
  const remote = forgeRemote({
    appIds: [APP_ID],
    jwksUrl: issuer.jwksUrl,
    fetch: serviceFetch,
    clock,
    logger,
    ...options,
  });
  return {
    clock,
    logger,
    remote,
    claims: (of?: Tenant) => claimsOf(clock, of),
    verify: (token: string, headers?: Record<string, string>) =>
      remote.verifyInvocation(requestWith(token, headers)),
  };
};
