import type { GrantStorage } from '@tributary/pipeline';
import {
  accountLinksConformance,
  grantStoreConformance,
  pendingRecordsConformance,
} from '@tributary/testing';
import { describe, test } from 'vitest';
import type { LeasedTable } from '../../src/grants/leased-table.js';
import { leasedTableCases } from './leased-table-cases.js';

export interface StoreContract<Place> {
  /** Where a store finds the same data again: a prefix, a table, a file. New and empty each time. */
  readonly place: () => Promise<Place> | Place;
  readonly table: (place: Place) => LeasedTable;
  readonly storage: (place: Place) => GrantStorage;
}

/** All that a database under the grants has to keep to, from its rows to what a provider sees. */
export const storeContract = <Place>({ place, table, storage }: StoreContract<Place>): void => {
  const places = new WeakMap<object, Place>();
  const storages = new WeakMap<object, GrantStorage>();

  const open = (at: Place): GrantStorage => {
    const opened = storage(at);
    for (const part of [opened.grants, opened.links, opened.pending]) {
      places.set(part, at);
      storages.set(part, opened);
    }
    return opened;
  };
  const dispose = async (part: object) => storages.get(part)?.dispose();

  describe('the table', () => {
    const cases = leasedTableCases(async () => {
      const at = await place();
      return { table: table(at), peer: table(at) };
    });
    for (const { name, run } of cases) test(name, run);
  });

  describe('the store', () => {
    const grants = grantStoreConformance({
      create: async () => open(await place()).grants,
      peer: (store) => open(places.get(store) as Place).grants,
      dispose,
    });
    const links = accountLinksConformance({
      create: async () => open(await place()).links,
      dispose,
    });
    const pending = pendingRecordsConformance({
      create: async () => open(await place()).pending,
      peer: (records) => open(places.get(records) as Place).pending,
      dispose,
    });
    for (const { name, run } of [...grants, ...links, ...pending]) test(name, run);
  });
};
