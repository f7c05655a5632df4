import type { AccountLinkKey, AccountLinks } from '@tributary/pipeline';
import { encodeParts } from './grant-key.js';
import type { LeasedTable } from './leased-table.js';
import type { RowCodec } from './row-codec.js';

const idOf = ({ issuer, clientId, userId }: AccountLinkKey): string =>
  `link/${encodeParts({ issuer, clientId, userId })}`;

/**
 * Account links in the same table. They are sealed too, since whoever could exchange two of them would
 * make one user act with the grant of another.
 */
export const leasedLinks = (
  table: Pick<LeasedTable, 'read' | 'put' | 'remove'>,
  codec: RowCodec,
): AccountLinks => ({
  async read(link) {
    const id = idOf(link);
    const row = await table.read(id);
    return row && (await codec.open(id, row.value));
  },
  async write(link, accountId) {
    const id = idOf(link);
    await table.put(id, await codec.seal(id, accountId));
  },
  delete: (link) => table.remove(idOf(link)),
});
