// What the entry of every store has beside the store itself.
export {
  type EncryptionKey,
  type EncryptionOptions,
  encryption,
  generateEncryptionKey,
  type KeySource,
} from './encryption/index.js';
export { type LeasedGrantsOptions, leasedGrants } from './leased-grants.js';
export type { Acquisition, ExpiringRows, LeasedTable, Row } from './leased-table.js';
export type { RowCodec } from './row-codec.js';
