import type { RowCodec } from '../../src/grants/row-codec.js';

/** Seals nothing: for tests that look into the rows. */
export const plainCodec: RowCodec = {
  seal: async (_, text) => text,
  open: async (_, sealed) => sealed,
};
