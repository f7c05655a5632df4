import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AuthorizationFlow,
  type GrantStorage,
  revealSecret,
  systemClock,
} from '@tributary/pipeline';
import { CLOCK, LOGGER, type Plugin } from '@tributary/pipeline/di';
import { startSandbox, walkConsent } from '@tributary/sandbox';
import { collectLogs } from '@tributary/testing';
import type { Shown } from './shown.js';

/** The other side of the wire, and an app's callback page; notes each secret that passes. */
export const openStage = async (shown: Shown) => {
  const callbacks = new Map<string, (callback: URLSearchParams) => void>();
  const page = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    callbacks.get(searchParams.get('state') ?? '')?.(searchParams);
    response.end();
  });
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
  const redirectUri = `http://127.0.0.1:${(page.address() as AddressInfo).port}/callback`;
  const sandbox = await startSandbox({ redirectUris: [redirectUri] });
  const logs = collectLogs();

  const { canary } = shown;
  canary('client secret', sandbox.client.clientSecret);
  canary('service secret', sandbox.serviceAccount.clientSecret);
  canary('service secret', sandbox.dataCenter.serviceAccount.clientSecret);
  canary('client secret', sandbox.dataCenter.client.clientSecret);
  for (const { apiToken, scopedToken, personalAccessToken, password } of Object.values(
    sandbox.people,
  )) {
    canary('API token', apiToken);
    canary('scoped token', scopedToken);
    canary('PAT', personalAccessToken);
    canary('password', password);
  }

  return {
    sandbox,
    redirectUri,
    logs,
    /** Every line, down to debug. */
    logging: {
      name: 'logging',
      register(registry) {
        registry.provide(LOGGER, { useValue: logs });
        registry.provide(CLOCK, { useValue: systemClock });
      },
    } satisfies Plugin,

    async consent(
      flow: AuthorizationFlow,
      as: string,
      change?: (callback: URLSearchParams) => void,
    ) {
      const pending = await flow.start();
      canary('code verifier', revealSecret(pending.codeVerifier));
      const called = new Promise<URLSearchParams>((resolve) => {
        callbacks.set(pending.state, resolve);
      });
      await walkConsent({ as, deny: as === 'nobody' })(pending.url);
      const callback = await called;
      canary('code', callback.get('code') ?? undefined);
      change?.(callback);
      // Who starts a flow has to see its URL; everything else about it is secret.
      const { url: _, state: __, ...rest } = pending;
      shown.value('a pending authorization', rest);
      return flow.complete(pending, callback);
    },

    /** The secrets that were sent since the last time, and those that were stored. */
    async note({ grants }: Pick<GrantStorage, 'grants'>) {
      for (const { headers } of sandbox.requests) {
        canary('sent', headers.authorization?.replace(/^\S+ /, ''));
      }
      sandbox.clearJournal();
      for await (const key of grants.list({})) {
        const grant = await grants.read(key);
        shown.value('a grant', grant);
        if (grant === undefined) continue;
        canary('access token', revealSecret(grant.accessToken));
        if (grant.refreshToken) canary('refresh token', revealSecret(grant.refreshToken));
      }
    },

    async [Symbol.asyncDispose]() {
      page.closeAllConnections();
      page.close();
      await sandbox.close();
    },
  };
};

export type Stage = Awaited<ReturnType<typeof openStage>>;
