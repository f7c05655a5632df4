import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Shown } from './shown.js';
import type { Stage } from './stage.js';

const APP = 'ari:cloud:ecosystem::app/77334c21-3dd0-474f-a53f-28b4eeee5a71';
const KEY_ID = 'forge/invocation-token/of-this-test';
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

type Json = Record<string, unknown>;

const base64url = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

/** Forge on loopback: its keys, the GraphQL gateway, and requests as it sends them. */
export const openForge = async (stage: Stage, shown: Shown) => {
  const { sandbox } = stage;
  let answerGraphql: (sent: string) => Promise<Response> | Response = () => Response.error();
  let keysStatus = 200;
  const server = createServer(async (request, response) => {
    const isKeys = request.url === '/jwks.json';
    const keys = [
      { ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, use: 'sig', alg: 'RS256' },
    ];
    const answer = isKeys
      ? Response.json({ keys }, { status: keysStatus })
      : await answerGraphql(request.headers.authorization ?? '');
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  /** A token that the sandbox's gateway takes. */
  const issue = async (name: string): Promise<string> => {
    const { clientId, clientSecret } = sandbox.serviceAccount;
    const response = await fetch(`${sandbox.authUrl}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
      }),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    shown.canary(name, token);
    return token;
  };

  const claims = (isTrigger: boolean): Json => {
    const now = Math.floor(Date.now() / 1000);
    const { cloudId, siteUrl, gatewayUrl } = sandbox;
    const apiBaseUrl = `${gatewayUrl.replace(/\/$/, '')}/ex/confluence/${cloudId}`;
    const id = 'ari:cloud:ecosystem::installation/aaaaaaaa-dc7b-4798-9715-bd098ac0d9d1';
    return {
      app: {
        id: APP,
        installationId: id,
        apiBaseUrl,
        environment: { type: 'PRODUCTION' },
        module: { type: 'xen:macro', key: 'a-macro' },
        installation: { id, contexts: [{ name: 'confluence', apiBaseUrl, cloudId }] },
      },
      ...(!isTrigger && {
        context: { cloudId, siteUrl: new URL(siteUrl).origin },
        principal: '557058:aaaaaaaa-8954-42b0-aa38-771a10c88656',
      }),
      aud: APP,
      iss: 'forge/invocation-token',
      iat: now,
      nbf: now,
      exp: now + 25,
    };
  };

  const signed = (of: Json): string => {
    const head = base64url({ alg: 'RS256', typ: 'JWT', kid: KEY_ID });
    const input = `${head}.${base64url(of)}`;
    const signature = sign('RSA-SHA256', Buffer.from(input), privateKey).toString('base64url');
    const token = `${input}.${signature}`;
    shown.canary('invocation token', token);
    shown.canary('signature', signature);
    return token;
  };

  return {
    appIds: [APP],
    jwksUrl: `${origin}/jwks.json`,
    graphqlUrl: `${origin}/graphql`,
    issue,
    claims,
    signed,
    request: (token: string, headers: Record<string, string> = {}) => ({
      headers: new Headers({ authorization: `Bearer ${token}`, ...headers }),
    }),
    answerGraphql(next: typeof answerGraphql) {
      answerGraphql = next;
    },
    answerKeys(status: number) {
      keysStatus = status;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export type Forge = Awaited<ReturnType<typeof openForge>>;
