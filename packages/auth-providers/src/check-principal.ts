import { type AuthProvider, type Call, PrincipalError } from '@tributary/pipeline';

/**
 * Whether `provider` may act as the call's user. Only what has to be asked for is a promise.
 * @throws PrincipalError
 */
export const checkPrincipal = (call: Call, provider: AuthProvider): Promise<void> | undefined => {
  const { principal, invocation, template } = call;
  if (principal.kind !== 'user') return undefined;
  if (provider.isSingleUser) {
    const surface = invocation?.surface;
    if (surface === 'web' || surface === 'forge') {
      throw new PrincipalError(
        `asUser() would act as the one person of singleUser(${provider.kind}), whoever is invoking; for ${surface} users configure oauth()`,
        template,
      );
    }
  }
  if (principal.accountId === undefined || provider.canImpersonate) return undefined;
  return checkAccount(call, provider, principal.accountId);
};

const checkAccount = async (call: Call, provider: AuthProvider, wanted: string): Promise<void> => {
  const user = call.invocation?.user;
  const vouched = provider.isSingleUser ? undefined : user?.accountId;
  const own = vouched ?? (await provider.account?.(call));
  if (own === wanted) return;
  // Not linked to any account yet: whoever is asked for consent has to be `wanted`.
  const canBeAsked = user !== undefined && provider.authorization !== undefined;
  if (own === undefined && canBeAsked && !provider.isSingleUser) return;
  throw new PrincipalError(
    `asUser(accountId) names another account than the invoking user's, and ${provider.kind} can't act for others; call asUser() inside an invocation of that user`,
    call.template,
  );
};
