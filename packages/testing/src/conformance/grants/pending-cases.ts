import assert from 'node:assert/strict';
import type { PendingRecords } from '@tributary/pipeline';
import { SEPARATORS, shifted, TRICKY } from './tricky-names.js';

const LONG_MS = 600_000;
const TAKERS = 20;

export const takesOnce = async (records: PendingRecords, peer: PendingRecords): Promise<void> => {
  assert.equal(await records.read('a'), undefined);
  assert.equal(await records.take('a'), undefined);
  await records.write('a', 'one', LONG_MS);
  assert.equal(await peer.read('a'), 'one');
  assert.equal(await records.read('a'), 'one', 'a read takes nothing');
  assert.equal(await peer.take('a'), 'one');
  assert.equal(await records.take('a'), undefined, 'a record was taken twice');
  assert.equal(await records.read('a'), undefined, 'a record that was taken is read');
  await records.write('a', 'two', LONG_MS);
  assert.equal(await peer.take('a'), 'two', 'an id can be written again');
};

export const deletes = async (records: PendingRecords, peer: PendingRecords): Promise<void> => {
  await records.delete('a');
  await records.write('a', 'one', LONG_MS);
  await records.write('ab', 'other', LONG_MS);
  await peer.delete('a');
  assert.equal(await records.read('a'), undefined);
  assert.equal(await records.take('a'), undefined);
  assert.equal(await records.take('ab'), 'other');
};

export const givesToOneTaker = async (
  records: PendingRecords,
  peer: PendingRecords,
): Promise<void> => {
  for (const id of ['a', 'b', 'c']) {
    await records.write(id, `value of ${id}`, LONG_MS);
    const takers = Array.from({ length: TAKERS }, (_, index) =>
      (index % 2 === 0 ? records : peer).take(id),
    );
    const taken = (await Promise.all(takers)).filter((value) => value !== undefined);
    assert.deepEqual(taken, [`value of ${id}`], 'exactly one taker gets a record');
  }
};

const ids = (): readonly string[] => [
  ...new Set([
    ...TRICKY,
    ...SEPARATORS.flatMap((separator) => shifted(separator).flat()),
    '',
    'a'.repeat(5_000),
    `${'a'.repeat(5_000)}b`,
    // Halves of a pair of surrogates have no bytes of their own in UTF-8.
    '\ud800',
    '\udc00',
    '\ufffd',
  ]),
];

export const keepsIdsApart = async (
  records: PendingRecords,
  peer: PendingRecords,
): Promise<void> => {
  const all = ids();
  await Promise.all(all.map((id, index) => records.write(id, `${index}`, LONG_MS)));
  const [first, ...others] = all;
  assert.ok(first);
  await peer.delete(first);
  for (const [index, id] of others.entries()) {
    const found = await peer.take(id);
    assert.equal(found, `${index + 1}`, `another record is taken as ${JSON.stringify(id)}`);
  }
};

export const keepsText = async (records: PendingRecords, peer: PendingRecords): Promise<void> => {
  const texts = ['', '{"a":"\\u0000"}', 'ä\u0000\'"%_\\💧\r\n', 'x'.repeat(1_500_000)];
  for (const text of texts) {
    await records.write('a', text, LONG_MS);
    assert.ok((await peer.read('a')) === text, `a text of ${text.length} characters is not kept`);
  }
};
