import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Time runs with the calls, and access tokens end after some of them, so that calls and refreshes cross. */
const MS_PER_CALL = 500;
const TOKEN_LIFE_S = 240;

interface Owner {
  readonly clientId: string;
  readonly accountId: string;
}

interface AccessToken extends Owner {
  readonly endsAt: number;
}

/**
 * The gateway and the authorization server of all tenants, which knows whose each token is and notes
 * whatever should not happen: a token at another tenant's site, a secret of another app, a spent
 * refresh token.
 */
export const openTenants = async (sitesOf: Readonly<Record<string, readonly string[]>>) => {
  const access = new Map<string, AccessToken>();
  const refresh = new Map<string, Owner>();
  const violations: string[] = [];
  const counts = { calls: 0, refused: 0, refreshes: 0 };
  let issued = 0;
  const start = Date.now();
  const now = (): number => start + counts.calls * MS_PER_CALL;

  const issue = (owner: Owner) => {
    issued += 1;
    // Nothing in it tells whose it is.
    const accessToken = `canary-access-${issued}-${crypto.randomUUID()}`;
    const refreshToken = `canary-refresh-${issued}-${crypto.randomUUID()}`;
    const endsAt = now() + TOKEN_LIFE_S * 1000;
    access.set(accessToken, { ...owner, endsAt });
    refresh.set(refreshToken, owner);
    return { accessToken, refreshToken, endsAt };
  };

  const send = (response: ServerResponse, status: number, body: unknown): void => {
    const date = new Date(now()).toUTCString();
    response.writeHead(status, { 'content-type': 'application/json', date });
    response.end(JSON.stringify(body));
  };

  const answerToken = async (request: IncomingMessage, response: ServerResponse) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const form = new URLSearchParams(text);
    const spent = form.get('refresh_token') ?? '';
    const owner = refresh.get(spent);
    if (owner === undefined) {
      violations.push('a refresh token that is spent or unknown');
      send(response, 403, { error: 'invalid_grant' });
      return;
    }
    const { clientId } = owner;
    if (form.get('client_id') !== clientId || form.get('client_secret') !== `secret-${clientId}`) {
      violations.push(`a grant of ${clientId} refreshed by ${form.get('client_id')}`);
    }
    refresh.delete(spent);
    counts.refreshes += 1;
    const { accessToken, refreshToken } = issue(owner);
    send(response, 200, {
      access_token: accessToken,
      refresh_token: refreshToken,
      token_type: 'Bearer',
      expires_in: TOKEN_LIFE_S,
      scope: 'read:me read:confluence-user offline_access',
    });
  };

  const answerCall = (request: IncomingMessage, response: ServerResponse, cloudId: string) => {
    const token = access.get((request.headers.authorization ?? '').replace(/^Bearer /, ''));
    if (token === undefined || token.endsAt <= now()) {
      if (token === undefined) violations.push('a token that nobody was given');
      counts.refused += 1;
      send(response, 401, { code: 401, message: 'Unauthorized' });
      return;
    }
    counts.calls += 1;
    const { clientId, accountId } = token;
    if (!sitesOf[clientId]?.includes(cloudId)) {
      violations.push(`a token of ${clientId} at ${cloudId}`);
    }
    send(response, 200, { clientId, accountId, cloudId });
  };

  const server = createServer((request, response) => {
    const cloudId = /^\/ex\/confluence\/([^/]+)\//.exec(request.url ?? '')?.[1];
    if (request.url === '/oauth/token') answerToken(request, response);
    else if (cloudId !== undefined) answerCall(request, response, cloudId);
    else send(response, 404, {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    now,
    issue,
    violations,
    counts,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
