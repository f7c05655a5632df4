import { type Invocation, NeedsAuthenticationError } from '@tributary/pipeline';
import { currentInvocation } from '@tributary/pipeline/invocation';
import { describe, expect, it } from 'vitest';
import { runWithConsent } from '../src/index.js';
import { rejectionOf } from './support/outcome.js';
import { denies, fakePrompt, grants } from './support/prompts.js';
import { userChain } from './support/user-chain.js';

const user = { id: 'ada' };

describe('runWithConsent: invocations', () => {
  it('gives each run a fresh invocation of the same user, also as the current one', async () => {
    const chain = userChain();
    const given: Invocation[] = [];
    const current: (Invocation | undefined)[] = [];
    const announced: Invocation[] = [];
    await runWithConsent(
      async (invocation) => {
        given.push(invocation);
        await Promise.resolve();
        current.push(currentInvocation());
        return chain.call();
      },
      {
        prompt: grants(chain, user),
        user: { id: 'ada', accountId: 'account-1' },
        surface: 'web',
        onRun: (invocation) => announced.push(invocation),
      },
    );
    expect(given.map(({ run }) => run)).toEqual([1, 2]);
    expect(new Set(given.map(({ id }) => id)).size).toBe(2);
    expect(given[1]).toMatchObject({
      surface: 'web',
      interactive: true,
      user: { id: 'ada', accountId: 'account-1' },
    });
    expect(current).toEqual(given);
    expect(announced).toEqual(given);
    expect(currentInvocation()).toBeUndefined();
  });

  it('keeps two users apart whose handlers interleave', async () => {
    const chain = userChain();
    const seen: string[] = [];
    const runFor = (id: string) =>
      runWithConsent(
        async ({ run }) => {
          for (let step = 0; step < 5; step += 1) {
            await new Promise((resolve) => setImmediate(resolve));
            seen.push(`${id} ${run} is ${currentInvocation()?.user?.id}`);
          }
          return (await chain.call()).text();
        },
        {
          user: { id },
          prompt: fakePrompt(async () => {
            await new Promise((resolve) => setImmediate(resolve));
            chain.granted.add(id);
          }),
        },
      );
    expect(await Promise.all([runFor('ada'), runFor('grace')])).toEqual(['page 42', 'page 42']);
    expect(seen).toHaveLength(20);
    for (const line of seen) expect(line).toMatch(/^(\w+) \d is \1$/);
    expect(seen[0]?.slice(0, 3)).not.toBe(seen[1]?.slice(0, 3));
  });

  it('a denial of one user leaves the other alone', async () => {
    const chain = userChain();
    const [ada, grace] = await Promise.allSettled([
      runWithConsent(() => chain.call(), { prompt: grants(chain, user), user }),
      runWithConsent(() => chain.call(), { prompt: denies(), user: { id: 'grace' } }),
    ]);
    expect(ada.status).toBe('fulfilled');
    expect(grace).toMatchObject({ status: 'rejected', reason: { code: 'CONSENT_DENIED' } });
  });

  it('an inner boundary asks for its own, and the outer one does not ask again', async () => {
    const chain = userChain();
    const outer = denies();
    const error = await rejectionOf(
      runWithConsent(
        () => runWithConsent(() => userChain({ canAsk: false }).call(), { prompt: denies(), user }),
        { prompt: outer, user },
      ),
    );
    expect(error).toBeInstanceOf(NeedsAuthenticationError);
    expect(outer.asked).toEqual([]);
    expect(chain.granted.size).toBe(0);
  });
});
