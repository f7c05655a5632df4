import assert from 'node:assert/strict';
import type { PendingRecords } from '@tributary/pipeline';
import { rejectionOf } from '../waiting.js';

const LONG_MS = 600_000;
const SHORT_MS = 40;
/** For clocks that count in whole ms, and for the one at the other end. */
const AFTER_MS = SHORT_MS + 40;

type Pass = (ms: number) => Promise<void>;

export const endsByItself = async (
  records: PendingRecords,
  peer: PendingRecords,
  pass: Pass,
): Promise<void> => {
  await records.write('a', 'one', SHORT_MS);
  await records.write('b', 'two', SHORT_MS);
  await records.write('c', 'three', LONG_MS);
  await pass(AFTER_MS);
  assert.equal(await peer.read('a'), undefined, 'a record that has ended is read');
  assert.equal(await records.take('b'), undefined, 'a record that has ended is taken');
  assert.equal(await peer.take('c'), 'three');
  await records.write('a', 'anew', LONG_MS);
  assert.equal(await peer.take('a'), 'anew', 'an id whose record has ended can be written again');
};

export const keepsTime = async (
  records: PendingRecords,
  peer: PendingRecords,
  pass: Pass,
): Promise<void> => {
  await records.write('longer', 'one', SHORT_MS);
  await peer.write('longer', 'two', LONG_MS);
  await records.write('shorter', 'one', LONG_MS);
  await peer.write('shorter', 'two', SHORT_MS);
  await pass(AFTER_MS);
  assert.equal(await records.take('longer'), 'two', 'the second write has its own time');
  assert.equal(await records.take('shorter'), undefined, 'the second write has its own time');
};

export const refusesNoTime = async (records: PendingRecords): Promise<void> => {
  for (const ttlMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    await rejectionOf(records.write('a', 'one', ttlMs), `a time of ${ttlMs} ms is accepted`);
    assert.equal(await records.read('a'), undefined);
  }
};
