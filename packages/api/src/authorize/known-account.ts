import type { Call } from '@tributary/pipeline';
import { currentInvocation } from '@tributary/pipeline/invocation';
import { siteOf } from '../request/send-request.js';
import type { AuthorizeContext } from './authorize.js';

/** The account that asUser() acts as here, from the verified invocation, else from the provider. */
export const knownAccount = async ({
  provider,
  site,
}: Pick<AuthorizeContext, 'provider' | 'site'>): Promise<string | undefined> => {
  const invocation = currentInvocation();
  // Not the invoking user's where somebody else's credential answers.
  const vouched = provider?.isSingleUser ? undefined : invocation?.user?.accountId;
  if (vouched !== undefined) return vouched;
  // Nobody is there to be somebody.
  const isAnybody = invocation?.user ?? (provider?.isSingleUser || provider?.knowsUser);
  if (!isAnybody) return undefined;
  const call = {
    product: 'confluence',
    site: siteOf(invocation, site),
    principal: { kind: 'user' },
    ...(invocation && { invocation }),
  } as Call;
  return provider?.account?.(call);
};
