import type { PendingRecords } from '@tributary/pipeline';
import type { Awaitable, ConformanceCase } from '../conformance-case.js';
import { deletes, givesToOneTaker, keepsIdsApart, keepsText, takesOnce } from './pending-cases.js';
import { endsByItself, keepsTime, refusesNoTime } from './pending-time-cases.js';

export interface PendingRecordsConformanceOptions {
  /** New records: none. */
  readonly create: () => Awaitable<PendingRecords>;
  /** Another handle on the same data, as another process would have. Default: the records themselves. */
  readonly peer?: (records: PendingRecords) => Awaitable<PendingRecords>;
  /** Closes what `create` and `peer` opened. */
  readonly dispose?: (records: PendingRecords) => Awaitable<void>;
  /** Lets so much time pass on the store's clock. Default: waits. */
  readonly pass?: (ms: number) => Promise<void>;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

type Check = (
  records: PendingRecords,
  peer: PendingRecords,
  pass: (ms: number) => Promise<void>,
) => Promise<void>;

const CASES: readonly (readonly [string, Check])[] = [
  ['what is written is read, and taken once', takesOnce],
  ['delete removes one record, and nothing is no error', deletes],
  ['of many takers at once one gets it', givesToOneTaker],
  ['different ids never meet', keepsIdsApart],
  ['text of any kind and length is kept', keepsText],
  ['a record ends by itself', endsByItself],
  ['a second write replaces the value and its time', keepsTime],
  ['a time that is none is refused', refusesNoTime],
];

/** What every store of pending records must keep to. */
export const pendingRecordsConformance = (
  options: PendingRecordsConformanceOptions,
): readonly ConformanceCase[] =>
  CASES.map(([name, check]) => ({
    name: `pending records: ${name}`,
    run: async () => {
      const records = await options.create();
      const peer = (await options.peer?.(records)) ?? records;
      try {
        await check(records, peer, options.pass ?? wait);
      } finally {
        await options.dispose?.(peer);
        if (peer !== records) await options.dispose?.(records);
      }
    },
  }));
