import { describe, expect, test, vi } from 'vitest';
import { grantToText } from '../src/grants/grant-json.js';
import { grantOpener } from '../src/grants/open-grant.js';
import { makeGrant, tokenOf } from './support/leased-stores.js';
import { plainCodec } from './support/plain-codec.js';

describe('opening what is stored', () => {
  test('happens once for each text, and for no more grants than are remembered', async () => {
    const open = vi.fn(async (_: string, sealed: string) => sealed);
    const { open: openGrant, forget } = grantOpener({ ...plainCodec, open }, 2);
    const text = (token: string) => grantToText(makeGrant(token));
    expect(tokenOf(await openGrant('a', text('one')))).toBe('one');
    expect(tokenOf(await openGrant('a', text('one')))).toBe('one');
    expect(open).toHaveBeenCalledTimes(1);
    expect(tokenOf(await openGrant('a', text('two')))).toBe('two');
    expect(tokenOf(await openGrant('b', text('two')))).toBe('two');
    expect(open).toHaveBeenCalledTimes(3);
    await openGrant('c', text('three'));
    await openGrant('b', text('two'));
    expect(open).toHaveBeenCalledTimes(4);
    await openGrant('a', text('two'));
    expect(open).toHaveBeenCalledTimes(5);
    forget('a');
    await openGrant('a', text('two'));
    expect(open).toHaveBeenCalledTimes(6);
  });
});
