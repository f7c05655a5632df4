import { type AuthProvider, type Invocation, PrincipalError } from '@tributary/pipeline';
import { currentInvocation } from '@tributary/pipeline/invocation';

const OUTSIDE =
  'asUser() works only while somebody is invoking the app: call it inside a handler that runs with a user (runWithConsent, or an invocation context of your own), or use asApp(), or give the one user as `singleUser(…)`.';

const refuse = (message: string, template?: string): never => {
  throw new PrincipalError(message, template);
};

/** A personal credential would answer everybody who visits with one person's rights. */
const checkSingleUser = (invocation: Invocation | undefined, template?: string): void => {
  if (invocation?.surface === 'web' || invocation?.surface === 'forge') {
    refuse(
      `A singleUser credential acts as its one person, so it can't serve a ${invocation.surface} invocation; configure oauth(…) as \`user\`.`,
      template,
    );
  }
};

const checkAccount = (
  provider: AuthProvider | undefined,
  invoking: Invocation | undefined,
  accountId: string | undefined,
): void => {
  if (accountId === undefined || provider?.canImpersonate) return;
  if (provider?.isSingleUser) {
    refuse(
      'A singleUser credential acts as its one person only; call asUser() without an account id.',
    );
  }
  const own = invoking?.user?.accountId;
  if (own !== undefined && own !== accountId) {
    refuse(
      'asUser(accountId) of somebody else than the invoking user needs a provider that may impersonate; this one may not.',
    );
  }
};

/**
 * The invocation that an `asUser()` belongs to, checked, and the check to run before each of its calls.
 * @throws PrincipalError
 */
export const bindUser = (
  provider: AuthProvider | undefined,
  accountId: string | undefined,
): { readonly invocation: Invocation | undefined; readonly check: (template: string) => void } => {
  const invocation = currentInvocation();
  checkAccount(provider, invocation, accountId);
  if (provider?.isSingleUser) {
    checkSingleUser(invocation);
    return { invocation, check: (template) => checkSingleUser(currentInvocation(), template) };
  }
  const isNamed = accountId !== undefined && provider?.canImpersonate;
  if (invocation?.user === undefined && !isNamed && !provider?.knowsUser) refuse(OUTSIDE);
  return {
    invocation,
    check(template) {
      // Kept in a variable and used for the next visitor, it would act as the previous one.
      if (currentInvocation() !== invocation) {
        refuse(
          'This asUser() was made in another invocation; call asUser() anew in the handler that uses it.',
          template,
        );
      }
    },
  };
};
