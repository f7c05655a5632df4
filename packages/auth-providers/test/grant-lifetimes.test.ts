import { Secret } from '@tributary/pipeline';
import { describe, expect, test } from 'vitest';
import { chooseSite, grantLifetimes } from '../src/index.js';
import { CLOUD_ID, OTHER_ID } from './services.js';

const DAY = 86_400_000;
const grant = { expiresAt: 3, obtainedAt: 1000 * DAY, grantedAt: 800 * DAY };
const renewable = { ...grant, refreshToken: new Secret('x') };

describe('grantLifetimes', () => {
  test("are Cloud's by default: 90 days idle, 365 in all", () => {
    expect(grantLifetimes(renewable)).toEqual({
      accessEndsAt: 3,
      idleEndsAt: 1090 * DAY,
      familyEndsAt: 1165 * DAY,
      consentEndsAt: 1090 * DAY,
    });
    expect(grantLifetimes({ ...renewable, obtainedAt: 1100 * DAY }).consentEndsAt).toBe(1165 * DAY);
  });

  test('may be another policy, without an end for the family', () => {
    expect(grantLifetimes(renewable, { idleDays: 7 })).toEqual({
      accessEndsAt: 3,
      idleEndsAt: 1007 * DAY,
      consentEndsAt: 1007 * DAY,
    });
  });

  test('end with the access token where nothing renews it', () => {
    expect(grantLifetimes(grant)).toEqual({ accessEndsAt: 3, consentEndsAt: 3 });
  });
});

describe('chooseSite', () => {
  const one = { cloudId: CLOUD_ID, url: 'https://one.atlassian.net', name: 'One' };
  const two = { cloudId: OTHER_ID, url: 'https://two.atlassian.net\u001b[31m' };

  test.each([
    ['the only one', [one], undefined],
    ['by its URL', [two, one], 'https://one.atlassian.net/'],
    ['by its id', [two, one], CLOUD_ID.toUpperCase()],
    ['by its name', [two, one], 'One'],
  ])('gives %s', (_, sites, wanted) => {
    expect(chooseSite(sites, wanted)).toBe(one);
  });

  test.each([
    ['several and no wish', [one, two], undefined],
    ['none that is called so', [one, two], 'https://three.atlassian.net'],
    ['several of one name', [one, { ...one, cloudId: OTHER_ID }], 'One'],
    ['none at all', [], undefined],
  ])('refuses %s, and lists them', (_, sites, wanted) => {
    const error = (() => {
      try {
        return chooseSite(sites, wanted);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', field: 'site' });
    const said = String(error);
    for (const { url } of sites) expect(said).toContain(url.replace('\u001b', '\\u{1b}'));
    expect(said).toContain(
      sites.length === 0 ? 'have the user grant again' : 'https://one.atlassian.net (One)',
    );
  });
});
