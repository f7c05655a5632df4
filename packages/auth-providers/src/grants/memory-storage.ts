import { type GrantStorage, systemClock } from '@tributary/pipeline';
import { memoryAccountLinks } from './memory-account-links.js';
import { type MemoryGrantsOptions, memoryGrants } from './memory-grants.js';
import { memoryRows } from './memory-rows.js';
import { pendingInRows } from './pending-rows.js';
import type { RowCodec } from './row-codec.js';

/** Memory that others can read holds the open grants too. */
const unsealed: RowCodec = {
  seal: async (_, text) => text,
  open: async (_, sealed) => sealed,
};

/** Grants, account links and pending records in this process's memory; they end with it. */
export const memoryStorage = (options: MemoryGrantsOptions = {}): GrantStorage => {
  const { clock = systemClock } = options;
  const { pending, stop } = pendingInRows(memoryRows(clock), unsealed, clock);
  return {
    grants: memoryGrants(options),
    links: memoryAccountLinks(),
    pending,
    dispose: async () => stop(),
  };
};
