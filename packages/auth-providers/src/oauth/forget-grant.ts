import type { AccountLinkKey, GrantKey, ProviderServices } from '@tributary/pipeline';
import { GrantUnreadableError } from '../grants/grant-unreadable-error.js';

type Stores = Pick<ProviderServices, 'grants' | 'links'>;

/**
 * Removes a user's grants and link; resolves to the account whose grant there was. The link goes last,
 * so that a second try finds what the first one left. Nothing that is under way brings a grant back: a
 * refresh is stored only over the grant that it began with.
 */
export const forgetGrant = async (
  stores: Stores,
  user: AccountLinkKey,
  vouched: string | undefined,
): Promise<{ readonly keys: readonly GrantKey[]; readonly accountId: string | undefined }> => {
  const { grants, links } = stores;
  const { issuer, clientId } = user;
  const known = [vouched, await links.read(user)].filter((account) => account !== undefined);
  const keys = [...new Set(known)].map((accountId) => ({ issuer, clientId, accountId }));
  let found: string | undefined;
  for (const key of keys) {
    if (await isGranted(stores, key)) found ??= key.accountId;
    await grants.delete(key);
  }
  await links.delete(user);
  return { keys, accountId: found };
};

/** One that no key opens is there, and can be removed. */
const isGranted = async ({ grants }: Stores, key: GrantKey): Promise<boolean> => {
  try {
    return (await grants.read(key)) !== undefined;
  } catch (error) {
    if (error instanceof GrantUnreadableError) return true;
    throw error;
  }
};
