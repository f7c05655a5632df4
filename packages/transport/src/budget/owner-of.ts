import type { AttemptCall } from '@tributary/pipeline';

/** Whom a call is made for: who takes turns with others, and whose budget it is on Data Center. */
export const ownerOf = ({ principal, invocation }: AttemptCall): string => {
  if (principal.kind !== 'user') return principal.kind;
  const { accountId = invocation?.user?.accountId } = principal;
  return accountId === undefined ? `user:${invocation?.user?.id ?? ''}` : `account:${accountId}`;
};
