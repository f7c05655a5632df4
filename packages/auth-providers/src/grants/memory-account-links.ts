import type { AccountLinkKey, AccountLinks } from '@tributary/pipeline';
import { encodeParts } from './grant-key.js';

const idOf = ({ issuer, clientId, userId }: AccountLinkKey): string =>
  encodeParts({ issuer, clientId, userId });

/** Account links in this process's memory; they end with it. */
export const memoryAccountLinks = (): AccountLinks => {
  const accounts = new Map<string, string>();
  return {
    read: async (link) => accounts.get(idOf(link)),
    async write(link, accountId) {
      accounts.set(idOf(link), accountId);
    },
    async delete(link) {
      accounts.delete(idOf(link));
    },
  };
};
