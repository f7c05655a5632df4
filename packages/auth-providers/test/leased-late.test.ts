import { describe, expect, test } from 'vitest';
import { key, makeGrant, setUp, slowHolder, tokenOf, write } from './support/leased-stores.js';

describe('a late holder', () => {
  const late = async () => {
    const set = setUp();
    await write(set.one.grants, 'spent');
    const holder = slowHolder(set.one.grants);
    await holder.seen;
    await set.clock.advance(70_000);
    return { ...set, holder };
  };

  test('writes its new token while the spent one is still stored', async () => {
    const { holder, other } = await late();
    await other.grants.exclusive(key, async () => 'keep');
    holder.decide(makeGrant('rotated'));
    expect(tokenOf(await holder.result)).toBe('rotated');
    expect(tokenOf(await other.grants.read(key))).toBe('rotated');
  });

  test('writes it also beside what changed meanwhile and is not the token', async () => {
    const { holder, other } = await late();
    const site = { cloudId: 'c', url: 'https://c.example' };
    await write(other.grants, 'spent', { sites: [site] });
    holder.decide(makeGrant('rotated'));
    expect(tokenOf(await holder.result)).toBe('rotated');
  });

  test('adopts what a faster one stored', async () => {
    const { holder, other } = await late();
    await write(other.grants, 'newer');
    holder.decide(makeGrant('rotated'));
    expect(tokenOf(await holder.result)).toBe('newer');
    expect(tokenOf(await other.grants.read(key))).toBe('newer');
  });

  test('deletes nothing that is newer', async () => {
    const { holder, other } = await late();
    await write(other.grants, 'newer');
    holder.decide('delete');
    expect(tokenOf(await holder.result)).toBe('newer');
  });

  test('does not bring back what was deleted, and does not take a later consent for it', async () => {
    const { holder, other } = await late();
    await other.grants.delete(key);
    holder.decide(makeGrant('rotated'));
    expect(await holder.result).toBeUndefined();

    const again = await late();
    await again.other.grants.delete(key);
    await write(again.other.grants, 'consent', { grantedAt: 9 });
    again.holder.decide(makeGrant('rotated'));
    expect(tokenOf(await again.holder.result)).toBe('consent');
  });

  test('that comes from a later consent wins', async () => {
    const { holder, other } = await late();
    await write(other.grants, 'newer');
    holder.decide(makeGrant('consent', { grantedAt: 9 }));
    expect(tokenOf(await holder.result)).toBe('consent');
  });
});
