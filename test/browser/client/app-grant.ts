import { type Sandbox, startSandbox, walkConsent } from '@tributary/sandbox';
import { listen } from '../support/listen.js';

const SCOPES = [
  'read:page:confluence',
  'read:space:confluence',
  'write:comment:confluence',
  'write:confluence-file',
  'offline_access',
];

/** What an app's server keeps for the person at its page. */
export interface AppGrant {
  /** Another access token than before. */
  readonly renew: () => Promise<string>;
}

/** A sandbox, and the grant that its editor gave to the app. */
export const sandboxWithGrant = async (): Promise<{ sandbox: Sandbox; grant: AppGrant }> => {
  let code = '';
  const app = await listen((request, response) => {
    code = new URL(request.url ?? '', 'http://app').searchParams.get('code') ?? '';
    response.end('Thank you.');
  });
  const redirectUri = `${app.origin}/callback`;
  const sandbox = await startSandbox({ redirectUris: [redirectUri] });
  const { clientId, clientSecret } = sandbox.client;
  const authorize = new URLSearchParams({
    audience: 'api.atlassian.com',
    client_id: clientId,
    scope: SCOPES.join(' '),
    redirect_uri: redirectUri,
    state: 'state',
    response_type: 'code',
    prompt: 'consent',
  });
  await walkConsent({ as: 'editor' })(`${sandbox.authUrl}/authorize?${authorize}`);
  await app.close();

  const ask = async (fields: Record<string, string>): Promise<Record<string, string>> => {
    const body = { ...fields, client_id: clientId, client_secret: clientSecret };
    const answer = await fetch(`${sandbox.authUrl}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return answer.json();
  };
  let kept = await ask({ grant_type: 'authorization_code', code, redirect_uri: redirectUri });
  const renew = async (): Promise<string> => {
    kept = await ask({ grant_type: 'refresh_token', refresh_token: kept.refresh_token ?? '' });
    return kept.access_token ?? '';
  };
  return { sandbox, grant: { renew } };
};
