import { type Grant, revealSecret, Secret } from '@tributary/pipeline';
import { accountLinksConformance, fakeClock, grantStoreConformance } from '@tributary/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseGrantKeyId } from '../src/grants/grant-key.js';
import { grantKeyId, memoryAccountLinks, memoryGrants } from '../src/index.js';

const key = { issuer: 'https://auth.example', clientId: 'client', accountId: 'ada' };
const grant = (token: string): Grant => ({
  accessToken: new Secret(token),
  scopes: [],
  expiresAt: 1,
  obtainedAt: 0,
  grantedAt: 0,
  sites: [],
});
const tokenOf = (stored: Grant | undefined) => stored && revealSecret(stored.accessToken);

describe('memoryGrants', () => {
  for (const { name, run } of grantStoreConformance({ create: () => memoryGrants() })) {
    test(name, run);
  }

  test('a holder that hangs is warned, and blocks nobody', async () => {
    const clock = fakeClock();
    const store = memoryGrants({ clock, leaseMs: 10_000 });
    let finish = () => {};
    let lease: AbortSignal | undefined;
    const late = store.exclusive(key, async (_, signal) => {
      lease = signal;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return { write: grant('late') };
    });
    const next = store.exclusive(key, async () => ({ write: grant('next') }));
    await clock.advance(5_000);
    expect(lease?.aborted).toBe(true);
    expect(await store.read(key)).toBeUndefined();
    await clock.advance(5_000);
    expect(tokenOf(await next)).toBe('next');
    finish();
    expect(tokenOf(await late)).toBe('next');
    expect(clock.pending).toBe(0);
  });

  test('a holder of a short lease is warned at its half', async () => {
    const clock = fakeClock();
    const store = memoryGrants({ clock, leaseMs: 2_000 });
    const lease = await new Promise<AbortSignal>((resolve) => {
      void store.exclusive(key, (_, signal) => {
        resolve(signal);
        return new Promise(() => {});
      });
    });
    await clock.advance(999);
    expect(lease.aborted).toBe(false);
    await clock.advance(1);
    expect(lease.aborted).toBe(true);
  });

  test('a late holder writes when nobody else did', async () => {
    const clock = fakeClock();
    const store = memoryGrants({ clock, leaseMs: 10_000 });
    const late = store.exclusive(key, async () => {
      await clock.advance(20_000);
      return { write: grant('late') };
    });
    expect(tokenOf(await late)).toBe('late');
  });
});

describe('memoryAccountLinks', () => {
  for (const { name, run } of accountLinksConformance({ create: () => memoryAccountLinks() })) {
    test(name, run);
  }
});

describe('grantKeyId', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    // Any string of JavaScript, also with half a pair of surrogates.
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    fc.constantFrom('\ud800', '\udc00', '\ud800\udc00', '\ufffd', '=uD800', 'uD800'),
    fc.constantFrom('', 'a/b', 'a=2Fb', 'a%2Fb', '=', '/', '*', '_', '%'),
  );
  const keys = fc.record(
    { issuer: part, clientId: part, accountId: part, installationId: part },
    { requiredKeys: ['issuer', 'clientId', 'accountId'] },
  );

  test('tells different keys apart, and holds no wildcard', () => {
    fc.assert(
      fc.property(keys, keys, (one, other) => {
        const parts = (of: typeof one) =>
          JSON.stringify([of.issuer, of.clientId, of.accountId, of.installationId]);
        expect(grantKeyId(one) === grantKeyId(other)).toBe(parts(one) === parts(other));
        expect(grantKeyId(one)).toMatch(/^[A-Za-z0-9.=/-]*$/);
        expect(parseGrantKeyId(grantKeyId(one))).toEqual(one);
      }),
    );
  });

  test('no installation is not an empty one', () => {
    expect(grantKeyId(key)).not.toBe(grantKeyId({ ...key, installationId: '' }));
  });
});
