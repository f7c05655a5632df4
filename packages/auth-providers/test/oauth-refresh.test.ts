import type { Grant } from '@tributary/pipeline';
import { fakeClock } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { memoryAccountLinks, memoryGrants } from '../src/index.js';
import { fakeAtlassian, grantedOAuth, keyOf, openOAuth, refreshesOf } from './oauth-server.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const DAY = 24 * HOUR;
const JSON_TYPE = { 'content-type': 'application/json' };

describe('ahead of its end', () => {
  test('a token is renewed once while the old one still serves', async () => {
    const { token, clock, atlassian } = await grantedOAuth();
    await clock.advance(HOUR - 3 * MINUTE);
    expect(await token()).toBe('Bearer canary-access-1');
    expect(refreshesOf(atlassian)).toBe(0);

    let answer = () => {};
    atlassian.answerTokensWith(async () => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return atlassian.issue('ada');
    });
    await clock.advance(MINUTE);
    const all = await Promise.all(Array.from({ length: 50 }, token));
    expect(new Set(all)).toEqual(new Set(['Bearer canary-access-1']));
    await clock.advance(0);
    expect(refreshesOf(atlassian)).toBe(1);
    answer();
    await clock.advance(0);
    expect(await token()).toBe('Bearer canary-access-2');
    expect(refreshesOf(atlassian)).toBe(1);
    // Nothing that could hold up a process waits for a time to come.
    expect(clock.pending).toBe(0);
  });

  test('a failure reaches no caller, pauses, and is told', async () => {
    const { token, clock, atlassian, logger } = await grantedOAuth();
    atlassian.answerTokensWith(() => new Response('', { status: 503 }));
    await clock.advance(HOUR - MINUTE);
    for (let count = 0; count < 5; count += 1) {
      expect(await token()).toBe('Bearer canary-access-1');
      await clock.advance(1000);
    }
    // One try, asked twice.
    expect(refreshesOf(atlassian)).toBe(2);
    expect(logger.text()).toContain('ahead of its end');
    expect(logger.text()).toContain('GRANT_REFRESH_FAILED');
    await clock.advance(15_000);
    atlassian.answerTokensWith(undefined);
    expect(await token()).toBe('Bearer canary-access-1');
    await clock.advance(0);
    expect(await token()).toBe('Bearer canary-access-2');
  });

  test('a logger that fails ends no process: nobody waits for what happens behind', async () => {
    const { token, clock, atlassian, logger, change } = await grantedOAuth();
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', note);
    logger.warn = () => {
      throw new Error('The disk is full.');
    };
    atlassian.answerTokensWith(() => new Response('', { status: 503 }));
    await clock.advance(HOUR - MINUTE);
    await change({ grantedAt: clock.now() - 364 * DAY - HOUR });
    expect(await token()).toBe('Bearer canary-access-1');
    await clock.advance(0);
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect(refreshesOf(atlassian)).toBe(2);
    expect(unhandled).toEqual([]);
  });

  test('a grant that can not be renewed serves to its end, and asks nobody', async () => {
    const atlassian = fakeAtlassian();
    const { token, clock, change } = await grantedOAuth(atlassian);
    await change({ refreshToken: undefined } as unknown as Partial<Grant>);
    await clock.advance(HOUR - MINUTE);
    expect(await token()).toBe('Bearer canary-access-1');
    await clock.advance(0);
    expect(refreshesOf(atlassian)).toBe(0);
  });

  test('tokens that live for a minute are not renewed all the time', async () => {
    const atlassian = fakeAtlassian();
    atlassian.answerTokensWith(() => atlassian.issue('ada', { expires_in: 60 }));
    const { token, clock } = await grantedOAuth(atlassian);
    await clock.advance(30_000);
    await token();
    await clock.advance(0);
    expect(refreshesOf(atlassian)).toBe(0);
    await clock.advance(20_000);
    await token();
    await clock.advance(0);
    expect(refreshesOf(atlassian)).toBe(1);
  });
});

describe('a 401', () => {
  test('renews no token that was renewed less than 30 s ago', async () => {
    const { renew, clock, atlassian } = await grantedOAuth();
    await clock.advance(1000);
    expect(await renew('Bearer canary-access-1')).toBe('Bearer canary-access-2');
    for (let count = 0; count < 3; count += 1) {
      await clock.advance(9000);
      expect(await renew('Bearer canary-access-2')).toBe('unchanged');
    }
    // Who comes with an older one still gets it.
    expect(await renew('Bearer canary-access-1')).toBe('Bearer canary-access-2');
    expect(refreshesOf(atlassian)).toBe(1);
    await clock.advance(3000);
    expect(await renew('Bearer canary-access-2')).toBe('Bearer canary-access-3');
  });

  test('tells by its Date that a token is old, where the own clock is behind', async () => {
    const { renew, clock, atlassian } = await grantedOAuth();
    await clock.advance(1000);
    expect(await renew('Bearer canary-access-1')).toBe('Bearer canary-access-2');
    const dated = (ms: number) => {
      const date = new Date(clock.now() + ms).toUTCString();
      return new Response(null, { status: 401, headers: { date } });
    };
    expect(await renew('Bearer canary-access-2', dated(1000))).toBe('unchanged');
    expect(await renew('Bearer canary-access-2', dated(HOUR))).toBe('Bearer canary-access-3');
    expect(refreshesOf(atlassian)).toBe(2);
  });

  test('renews one all the same that has ended meanwhile', async () => {
    const atlassian = fakeAtlassian();
    const { renew, clock } = await grantedOAuth(atlassian);
    atlassian.answerTokensWith(() => atlassian.issue('ada', { expires_in: 10 }));
    expect(await renew('Bearer canary-access-1')).toBe('Bearer canary-access-2');
    await clock.advance(10_000);
    expect(await renew('Bearer canary-access-2')).toBe('Bearer canary-access-3');
  });

  test('without a grant needs consent', async () => {
    const { renew, grants } = await grantedOAuth();
    await grants.delete(keyOf('ada'));
    expect(await renew('Bearer canary-access-1')).toBeUndefined();
  });
});

describe('a lost answer', () => {
  test.each([
    ['a proxy that gives up', () => new Response('<html>', { status: 502 })],
    ['a proxy that says 200', () => new Response('<html>')],
    [
      'an answer that is cut',
      () => new Response('{"access_token":"canary-acc', { headers: JSON_TYPE }),
    ],
    [
      'a connection that breaks',
      () => {
        throw new TypeError('socket hang up');
      },
    ],
  ])('behind %s is asked for once more', async (_, lose) => {
    const { token, clock, atlassian } = await grantedOAuth();
    await clock.advance(HOUR);
    let isLost = false;
    atlassian.answerTokensWith((form) => {
      if (isLost) return atlassian.standard(form);
      isLost = true;
      return lose();
    });
    expect(await token()).toBe('Bearer canary-access-2');
    expect(refreshesOf(atlassian)).toBe(2);
    const [first, second] = atlassian.forms.slice(-2);
    expect(second?.get('refresh_token')).toBe(first?.get('refresh_token'));
  });

  test('twice is an error that may pass, and keeps the grant', async () => {
    const { token, clock, atlassian, grants } = await grantedOAuth();
    await clock.advance(HOUR);
    atlassian.answerTokensWith(() => {
      throw new TypeError('socket hang up');
    });
    await expect(token()).rejects.toMatchObject({
      code: 'GRANT_REFRESH_FAILED',
      retryable: true,
      sent: 'no',
    });
    expect(refreshesOf(atlassian)).toBe(2);
    expect(await grants.read(keyOf('ada'))).toBeDefined();
  });

  test('of the store loses no rotated token', async () => {
    const { token, clock, atlassian, grants } = await grantedOAuth();
    await clock.advance(HOUR);
    const { exclusive } = grants;
    Object.assign(grants, {
      exclusive: async (...parameters: Parameters<typeof exclusive>) => {
        const [key, decide] = parameters;
        await exclusive(key, async (grant, signal) => {
          await decide(grant, signal);
          return 'keep';
        });
        throw new Error('disk full');
      },
    });
    await expect(token()).rejects.toThrow('disk full');
    Object.assign(grants, { exclusive });
    expect(await token()).toBe('Bearer canary-access-2');
    expect(refreshesOf(atlassian)).toBe(1);
    await clock.advance(HOUR);
    expect(await token()).toBe('Bearer canary-access-3');
    expect(atlassian.forms.at(-1)?.get('refresh_token')).toBe('canary-refresh-2');
  });

  test('a store that never gives a turn is given up, and asked anew', async () => {
    const { token, clock, grants } = await grantedOAuth();
    await clock.advance(HOUR);
    const { exclusive } = grants;
    Object.assign(grants, { exclusive: () => new Promise(() => {}) });
    const work = token().catch((error: unknown) => error);
    await clock.advance(2 * MINUTE);
    expect(await work).toMatchObject({ code: 'GRANT_REFRESH_FAILED' });
    Object.assign(grants, { exclusive });
    expect(await token()).toBe('Bearer canary-access-2');
  });
});

describe("the server's clock", () => {
  const START = Date.UTC(2030, 0, 1);

  /** Two machines at one store; `behind` is how much the second one's clock lacks. */
  const machines = async (behind: number) => {
    const clock = fakeClock({ now: START });
    const dated = fakeAtlassian();
    const { standard } = dated;
    dated.answerTokensWith(async (form) => {
      const answer = await standard(form);
      const headers = new Headers(answer.headers);
      headers.set('date', new Date(clock.now()).toUTCString());
      return new Response(answer.body, { status: answer.status, headers });
    });
    const shared = { grants: memoryGrants({ clock }), links: memoryAccountLinks() };
    const slow = { ...clock, now: () => clock.now() - behind };
    const right = openOAuth(dated, {}, { ...shared, clock });
    const wrong = openOAuth(dated, {}, { ...shared, clock: slow });
    return { clock, atlassian: dated, right, wrong, grants: shared.grants };
  };

  test.each([
    ['behind', 10 * MINUTE],
    ['ahead of it', -10 * MINUTE],
  ])('is what a grant is dated by, where ours is %s', async (_, behind) => {
    const { clock, wrong, grants } = await machines(behind);
    await wrong.consent('u1', 'ada');
    const grant = await grants.read(keyOf('ada'));
    // The header has whole seconds; their middle is taken.
    expect(Math.abs((grant?.expiresAt ?? 0) - (clock.now() + HOUR))).toBeLessThanOrEqual(1000);
    const credential = await wrong.provider.credential(wrong.callOf('u1'));
    const local = clock.now() - behind + HOUR;
    expect(Math.abs((credential?.expiresAt ?? 0) - local)).toBeLessThanOrEqual(1000);
  });

  test('makes machines that disagree refresh as seldom as one', async () => {
    const { clock, atlassian, right, wrong } = await machines(-10 * MINUTE);
    await right.consent('u1', 'ada');
    await wrong.consent('u2', 'ada');
    const before = refreshesOf(atlassian);
    await clock.advance(HOUR - 5 * MINUTE);
    for (const { provider, callOf } of [right, wrong]) {
      await provider.credential(callOf('u1'));
      await clock.advance(0);
    }
    expect(refreshesOf(atlassian)).toBe(before);
    await clock.advance(5 * MINUTE);
    for (const { provider, callOf } of [right, wrong]) await provider.credential(callOf('u1'));
    expect(refreshesOf(atlassian)).toBe(before + 1);
  });

  test('is ours where the difference is what the way takes', async () => {
    const { clock, wrong, grants } = await machines(4000);
    await wrong.consent('u1', 'ada');
    expect((await grants.read(keyOf('ada')))?.expiresAt).toBe(clock.now() - 4000 + HOUR);
  });
});
