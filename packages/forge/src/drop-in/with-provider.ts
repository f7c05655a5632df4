import type { ForgeExternalAccount, ForgeExternalAuth } from '../platform/forge-runtime.js';
import { currentRuntime } from './current-platform.js';
import type {
  ExternalAuthAccount,
  ExternalAuthAccountMethods,
  ExternalAuthFetchMethodsProvider,
  FetchMethodAllowingRoute,
} from './fetch-types.js';
import { NeedsAuthenticationError } from './forge-errors.js';
import { withoutQuery } from './host-match.js';
import { measured } from './metrics.js';
import { askPlatform, throwProxyError } from './request-product.js';
import { isRoute } from './route-object.js';

const PREFIX = 'api.asUser.withProvider';

/** @throws Error in Forge's words, and naming the option that there is none without */
const configOf = (provider: string): ForgeExternalAuth => {
  // A plain list: the platform's own throws where it finds nothing, and can't say what was looked for.
  const providers = Array.from(currentRuntime().externalAuth ?? []);
  const found = providers.find(({ service }) => service === provider);
  if (found !== undefined) return found;
  const known = providers.map(({ service }) => service).join(', ') || 'none';
  throw new Error(
    `Bad provider or missing config for provider ${provider}. Outside Forge, describe it in the option externalAuth (there: ${known}).`,
  );
};

const defaultRemote = ({ remotes }: ForgeExternalAuth, provider: string): string => {
  const [first] = remotes;
  if (first !== undefined) return first.key;
  throw new Error(`Missing remote config for provider ${provider}`);
};

const requestCredentials =
  (provider: string): ExternalAuthAccountMethods['requestCredentials'] =>
  (scopes) =>
    measured(`${PREFIX}.requestCredentials`, tagsOf(scopes), () => {
      throw new NeedsAuthenticationError('Authentication Required', provider, {
        scopes,
        isExpectedError: true,
      } as { scopes: string[] });
    });

const tagsOf = (scopes: unknown) => ({ passingScopes: String(Boolean(scopes)) });

const hasCredentials = (scopes: string[] | undefined, account: ExternalAuthAccount | undefined) =>
  measured(`${PREFIX}.hasCredentials`, tagsOf(scopes), () =>
    account === undefined
      ? false
      : !scopes || scopes.every((scope) => account.scopes.includes(scope)),
  );

/** The account as the app sees it: by its id with the third party. */
const accountModel = ({ externalAccountId, ...rest }: ForgeExternalAccount): ExternalAuthAccount =>
  ({ ...rest, id: externalAccountId }) as unknown as ExternalAuthAccount;

const accountFetch =
  (provider: string, remote: string, accountId: string): FetchMethodAllowingRoute =>
  async (path, init) => {
    const text = isRoute(path) ? path.value : path;
    const response = await askPlatform({ type: 'tpp', provider, remote, accountId }, text, init);
    throwProxyError(response);
    return response;
  };

const noCredentials =
  (provider: string, remote: string | undefined): FetchMethodAllowingRoute =>
  (path) => {
    const where = remote === undefined ? '' : `remote '${remote}', `;
    throw new Error(
      `Fetch failed for ${where}provider '${provider}', path '${withoutQuery(String(path))}' no credentials previously requested`,
    );
  };

/**
 * A third party's API as the invoking user: external authentication.
 * @param provider a key of the manifest's `providers.auth`
 * @param remoteName one of its remotes. Default the first.
 * @throws Error at once, where nothing is known of the provider
 */
export const withProvider: ExternalAuthFetchMethodsProvider['withProvider'] = (
  provider,
  remoteName,
) => {
  const config = configOf(provider);
  const accounts = config.accounts.map((account) => {
    const model = accountModel(account);
    const methods: ExternalAuthAccountMethods = {
      hasCredentials: (scopes) => hasCredentials(scopes, model),
      requestCredentials: requestCredentials(provider),
      getAccount: () => measured(`${PREFIX}.getAccount`, undefined, () => model),
      fetch: accountFetch(provider, remoteName ?? defaultRemote(config, provider), account.id),
    };
    return { model, methods };
  });
  const first = accounts[0];
  return {
    hasCredentials: (scopes) => hasCredentials(scopes, first?.model),
    requestCredentials: requestCredentials(provider),
    getAccount: () => measured(`${PREFIX}.getAccount`, undefined, () => first?.model),
    // Forge's has it, and does not do it either.
    listCredentials: () => {
      throw new Error('not implemented');
    },
    listAccounts: () =>
      measured(`${PREFIX}.listAccounts`, undefined, () => accounts.map(({ model }) => model)),
    asAccount: (externalAccountId) => {
      const found = accounts.find(({ model }) => model.id === externalAccountId);
      if (found !== undefined) return found.methods;
      throw new Error(`No account with ID ${externalAccountId} found for provider ${provider}`);
    },
    fetch: first?.methods.fetch ?? noCredentials(provider, remoteName),
  };
};
