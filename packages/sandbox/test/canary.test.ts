import { afterAll, beforeAll, expect, test } from 'vitest';
import { CANARY, type Sandbox, startSandbox } from '../src/index.js';
import { obtainTokens, refresh, send, startCallback } from './sandbox-client.js';

let sandbox: Sandbox;
let callback: Awaited<ReturnType<typeof startCallback>>;
beforeAll(async () => {
  callback = await startCallback();
  sandbox = await startSandbox({ redirectUris: [callback.redirectUri] });
});
afterAll(async () => {
  callback.close();
  await sandbox.close();
});

const isMarked = expect.stringMatching(new RegExp(`^${CANARY}.`));

test('marks whatever is secret from the start', () => {
  const { people, client, serviceAccount, dataCenter } = sandbox;
  for (const person of Object.values(people)) {
    expect(person).toMatchObject({
      apiToken: isMarked,
      scopedToken: isMarked,
      personalAccessToken: isMarked,
      password: isMarked,
    });
  }
  for (const { clientSecret } of [
    client,
    serviceAccount,
    dataCenter.client,
    dataCenter.serviceAccount,
  ]) {
    expect(clientSecret).toEqual(isMarked);
  }
});

test('marks the codes and tokens that it makes up, which are no less random for it', async () => {
  const tokens = await obtainTokens(sandbox, callback, 'read:me offline_access');
  const code = callback.arrived.at(-1)?.searchParams.get('code');
  const { body: renewed } = await refresh(sandbox, tokens.refresh_token);
  const { clientId, clientSecret } = sandbox.serviceAccount;
  const { body: service } = await send<{ access_token: string }>(
    `${sandbox.authUrl}/oauth/token`,
    {},
    {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
      }),
    },
  );
  const all = [
    code,
    tokens.access_token,
    tokens.refresh_token,
    renewed.access_token,
    renewed.refresh_token,
    service.access_token,
  ];
  for (const secret of all) {
    expect(secret).toEqual(isMarked);
    expect(secret).toHaveLength(CANARY.length + 43);
  }
  expect(new Set(all).size).toBe(all.length);
});
