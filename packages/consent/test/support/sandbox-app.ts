import type { ConsentPrompt, ConsentRequest, GrantStore } from '@tributary/pipeline';
import { type Route, route } from '@tributary/route';
import { type Sandbox, startSandbox, walkConsent } from '@tributary/sandbox';
import type { ConsentOptions } from '../../src/index.js';
import { terminalPrompt } from '../../src/terminal/index.js';
import { freePort } from './loopback.js';
import { startClient } from './oauth-client.js';

export interface SandboxApp extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly grants: GrantStore;
  readonly redirectUri: string;
  /** As the invoking user. */
  get(path: Route): Promise<Response>;
  /** Whose grant answers. */
  whoAmI(): Promise<string>;
  /** A terminal whose browser is walked by a person of the sandbox. */
  prompt(
    as: string,
    options?: { readonly deny?: boolean },
  ): ConsentPrompt & { asked: number; readonly requests: readonly ConsentRequest[] };
}

const SCOPES = ['read:page:confluence', 'read:space:confluence', 'read:confluence-user'];

export interface SandboxAppOptions extends ConsentOptions {
  readonly scopes?: readonly string[];
}

export const startApp = async ({
  scopes = SCOPES,
  ...consentOptions
}: SandboxAppOptions = {}): Promise<SandboxApp> => {
  const redirectUri = `http://localhost:${await freePort()}/callback`;
  const sandbox = await startSandbox({ redirectUris: [redirectUri] });
  const client = startClient({ sandbox, redirectUri, scopes, ...consentOptions });
  return {
    sandbox,
    grants: client.storage.grants,
    redirectUri,
    get: client.get,
    async whoAmI() {
      const response = await client.get(route`/wiki/rest/api/user/current`);
      const { accountId } = (await response.json()) as { readonly accountId: string };
      return accountId;
    },
    prompt(as, { deny = false } = {}) {
      const walk = walkConsent({ as, deny });
      const terminal = terminalPrompt({ output: { write() {} }, open: walk });
      const requests: ConsentRequest[] = [];
      const counting = {
        ...terminal,
        asked: 0,
        requests,
        ask: (...given: Parameters<ConsentPrompt['ask']>) => {
          counting.asked += 1;
          requests.push(given[0]);
          return terminal.ask(...given);
        },
      };
      return counting;
    },
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      await sandbox.close();
    },
  };
};
