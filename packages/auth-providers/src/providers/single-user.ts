import type { AuthProvider, AuthProviderFactory } from '@tributary/pipeline';
import { requireProvider } from './require-provider.js';

/**
 * Lets a personal credential answer as the user: every asUser() then acts as that one person. For a
 * script or a desk; a call that a web or Forge user makes is refused.
 * @throws ConfigError naming `user`, when it is composed of what is no provider.
 */
export const singleUser =
  (of: AuthProvider | AuthProviderFactory): AuthProviderFactory =>
  (services) =>
    asSingleUser(requireProvider('user', typeof of === 'function' ? of(services) : of));

/** Member by member: a provider may be an instance of a class, which a spread would take apart. */
const asSingleUser = (provider: AuthProvider): AuthProvider =>
  Object.freeze({
    kind: provider.kind,
    ...(provider.appKey !== undefined && { appKey: provider.appKey }),
    isSingleUser: true,
    isPersonal: provider.isPersonal ?? false,
    canImpersonate: provider.canImpersonate ?? false,
    endpoint: provider.endpoint.bind(provider),
    credential: provider.credential.bind(provider),
    ...(provider.defaultSite && { defaultSite: provider.defaultSite }),
    ...(provider.renew && { renew: provider.renew.bind(provider) }),
    ...(provider.verify && { verify: provider.verify.bind(provider) }),
    ...(provider.authorization && { authorization: provider.authorization.bind(provider) }),
    ...(provider.revoke && { revoke: provider.revoke.bind(provider) }),
    ...(provider.dispose && { dispose: provider.dispose.bind(provider) }),
    ...(provider.checkSite && { checkSite: provider.checkSite.bind(provider) }),
    ...(provider.account && { account: provider.account.bind(provider) }),
  });
