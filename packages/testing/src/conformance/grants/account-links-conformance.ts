import assert from 'node:assert/strict';
import type { AccountLinkKey, AccountLinks } from '@tributary/pipeline';
import type { Awaitable, ConformanceCase } from '../conformance-case.js';
import { SEPARATORS, shifted, TRICKY } from './tricky-names.js';

export interface AccountLinksConformanceOptions {
  /** New links that hold nothing. */
  readonly create: () => Awaitable<AccountLinks>;
  readonly dispose?: (links: AccountLinks) => Awaitable<void>;
}

const makeLink = (overrides: Partial<AccountLinkKey> = {}): AccountLinkKey => ({
  issuer: 'https://auth.example',
  clientId: 'client',
  userId: 'user',
  ...overrides,
});

const writesAndReads = async (links: AccountLinks): Promise<void> => {
  const link = makeLink();
  assert.equal(await links.read(link), undefined);
  await links.write(link, '557058:first');
  assert.equal(await links.read(makeLink()), '557058:first');
  await links.write(link, '557058:second');
  assert.equal(await links.read(link), '557058:second', 'a second write wins');
};

const deletes = async (links: AccountLinks): Promise<void> => {
  await links.delete(makeLink());
  await links.write(makeLink(), 'account');
  await links.write(makeLink({ userId: 'other' }), 'other-account');
  await links.delete(makeLink());
  assert.equal(await links.read(makeLink()), undefined);
  assert.equal(await links.read(makeLink({ userId: 'other' })), 'other-account');
};

const keepsLinksApart = async (links: AccountLinks): Promise<void> => {
  const all = TRICKY.map((userId) => makeLink({ userId }));
  for (const separator of SEPARATORS) {
    for (const [left, right] of shifted(separator)) {
      all.push(makeLink({ clientId: left, userId: right }));
      all.push(makeLink({ issuer: left, clientId: right }));
    }
  }
  const distinct = [...new Map(all.map((link) => [JSON.stringify(link), link])).values()];
  await Promise.all(distinct.map((link, index) => links.write(link, `account-${index}`)));
  for (const [index, link] of distinct.entries()) {
    const found = await links.read(link);
    assert.equal(
      found,
      `account-${index}`,
      `another link's account is read as that of ${JSON.stringify(link)}`,
    );
  }
};

const CASES: readonly (readonly [string, (links: AccountLinks) => Promise<void>])[] = [
  ['what is written is read', writesAndReads],
  ['delete removes one link', deletes],
  ['different links never meet', keepsLinksApart],
];

/** What every store of account links must keep to. */
export const accountLinksConformance = (
  options: AccountLinksConformanceOptions,
): readonly ConformanceCase[] =>
  CASES.map(([name, check]) => ({
    name: `account links: ${name}`,
    run: async () => {
      const links = await options.create();
      try {
        await check(links);
      } finally {
        await options.dispose?.(links);
      }
    },
  }));
