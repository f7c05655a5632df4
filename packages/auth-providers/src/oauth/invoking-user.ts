import { type AuthorizationAsked, type InvokingUser, PrincipalError } from '@tributary/pipeline';

/** @throws PrincipalError when the call is not made as a user, or nobody is invoking. */
export const invokingUser = (
  kind: string,
  { principal, invocation }: AuthorizationAsked,
  template?: string,
): InvokingUser => {
  if (principal.kind !== 'user') {
    throw new PrincipalError(
      `${kind} acts for users only; for asApp() configure another credential as app`,
      template,
    );
  }
  if (invocation?.user !== undefined) return invocation.user;
  throw new PrincipalError(
    'asUser() needs an invoking user, and there is none here; call it inside an invocation with one',
    template,
  );
};
