import { describe, expect, test } from 'vitest';
import type { GrantExpiresSoon } from '../src/index.js';
import { fakeAtlassian, grantedOAuth, keyOf } from './oauth-server.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('grant.expiresSoon', () => {
  const listening = async () => {
    const notices: GrantExpiresSoon[] = [];
    const opened = await grantedOAuth(fakeAtlassian(), {
      onGrantExpiresSoon: (notice) => {
        notices.push(notice);
      },
    });
    return { ...opened, notices };
  };

  test('is told once per threshold, while the grant goes on working', async () => {
    const { token, clock, notices, logger } = await listening();
    const started = clock.now();
    for (let day = 1; day <= 364; day += 1) {
      await clock.advance(DAY);
      await token();
      await token();
    }
    expect(notices.map(({ withinDays }) => withinDays)).toEqual([30, 7, 1]);
    expect(notices[0]).toEqual({
      key: keyOf('ada'),
      reason: 'family',
      endsAt: started + 365 * DAY,
      withinDays: 30,
    });
    const warnings = logger.entries.filter(({ message }) => message.includes('grant.expiresSoon'));
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toMatchObject({ level: 'warn', fields: { reason: 'family' } });
  });

  test('is told of a grant that nothing renews any more', async () => {
    const { token, clock, notices, atlassian } = await listening();
    atlassian.answerTokensWith(() => new Response('', { status: 503 }));
    await clock.advance(DAY);
    await expect(token()).rejects.toMatchObject({ code: 'GRANT_REFRESH_FAILED' });
    expect(notices).toEqual([]);
    await clock.advance(82 * DAY + HOUR);
    await expect(token()).rejects.toMatchObject({ code: 'GRANT_REFRESH_FAILED' });
    expect(notices).toMatchObject([{ reason: 'idle', withinDays: 7 }]);
  });

  test('is told anew after another consent', async () => {
    const { token, clock, notices, consent, change } = await listening();
    await change({ grantedAt: clock.now() - 360 * DAY });
    await token();
    await token();
    await consent('u1', 'ada');
    await token();
    expect(notices).toHaveLength(1);
    await change({ grantedAt: clock.now() - 359 * DAY });
    await token();
    expect(notices).toHaveLength(2);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('canary');
      },
    ],
    ['rejects', () => Promise.reject(new Error('canary'))],
  ])('a listener that %s disturbs nobody', async (_, onGrantExpiresSoon) => {
    const { token, change, clock, logger } = await grantedOAuth(fakeAtlassian(), {
      onGrantExpiresSoon,
    });
    await change({ grantedAt: clock.now() - 360 * DAY });
    expect(await token()).toBe('Bearer canary-access-1');
    await clock.advance(0);
    expect(logger.entries.at(-1)).toMatchObject({ level: 'error' });
    expect(logger.text()).not.toContain('canary');
  });
});

describe('scopes', () => {
  test('that were asked for and not granted are named', async () => {
    const { logger } = await grantedOAuth();
    const warning = logger.entries.find(({ message }) => message.includes('lacks scopes'));
    expect(warning).toMatchObject({ level: 'warn', fields: { missing: 'read:page:confluence' } });
  });

  test('that were all granted are not worth a word', async () => {
    const atlassian = fakeAtlassian();
    atlassian.answerTokensWith((form) =>
      atlassian.issue(form.get('code')?.slice(8) ?? '', { scope: 'read:me read:page:confluence' }),
    );
    const { logger } = await grantedOAuth(atlassian);
    expect(logger.entries).toEqual([]);
  });
});
