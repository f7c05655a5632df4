import { NeedsAuthenticationError } from '@tributary/pipeline';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { describe, expect, it } from 'vitest';
import { runWithConsent } from '../src/index.js';
import { rejectionOf } from './support/outcome.js';
import { denies, grants } from './support/prompts.js';
import { userChain } from './support/user-chain.js';

const user = { id: 'ada' };

describe('runWithConsent: who is asked, and when', () => {
  it('asks nobody when nothing is needed', async () => {
    const chain = userChain();
    chain.granted.add(user.id);
    const prompt = denies();
    const response = await runWithConsent(() => chain.call(), { prompt, user });
    expect(await response.text()).toBe('page 42');
    expect(prompt.asked).toEqual([]);
  });

  it('asks once for an uncaught error, and runs the handler again from the start', async () => {
    const chain = userChain();
    const prompt = grants(chain, user);
    const steps: string[] = [];
    const response = await runWithConsent(
      async ({ run }) => {
        steps.push(`start ${run}`);
        const answer = await chain.call();
        steps.push(`end ${run}`);
        return answer;
      },
      { prompt, user },
    );
    expect(response.status).toBe(200);
    expect(steps).toEqual(['start 1', 'start 2', 'end 2']);
    expect(prompt.asked).toHaveLength(1);
    expect(prompt.asked[0]?.scopes).toEqual(['read:page:confluence', 'offline_access']);
    expect(prompt.asked[0]?.site.url).toBe('https://example.atlassian.net/');
  });

  it('never asks for a caught error', async () => {
    const chain = userChain();
    const prompt = denies();
    const caught = await runWithConsent(() => chain.call().catch((error) => error), {
      prompt,
      user,
    });
    expect(caught).toBeInstanceOf(NeedsAuthenticationError);
    expect(prompt.asked).toEqual([]);
  });

  it('asks when the same error is caught and thrown again', async () => {
    const chain = userChain();
    const prompt = grants(chain, user);
    const handler = async () => {
      try {
        return await chain.call();
      } catch (error) {
        await Promise.resolve();
        throw error;
      }
    };
    await runWithConsent(handler, { prompt, user });
    expect(prompt.asked).toHaveLength(1);
  });

  it.each([
    ['a plain error', (cause: unknown) => new Error('mine', { cause })],
    ['an AggregateError', (cause: unknown) => new AggregateError([cause])],
    ['a new NeedsAuthenticationError', () => new NeedsAuthenticationError()],
    ['a string', String],
  ])('takes an error wrapped in %s for caught', async (_, wrap) => {
    const chain = userChain();
    const prompt = denies();
    let wrapped: unknown;
    const handler = () =>
      chain.call().catch((error) => {
        wrapped = wrap(error);
        throw wrapped;
      });
    expect(await rejectionOf(runWithConsent(handler, { prompt, user }))).toBe(wrapped);
    expect(prompt.asked).toEqual([]);
  });

  it("rethrows another invocation's error untouched", async () => {
    const chain = userChain();
    const prompt = denies();
    const other = createInvocation({ surface: 'web', user: { id: 'grace' } });
    const foreign = await rejectionOf(runInInvocation(other, () => chain.call()));
    const handler = () => Promise.reject(foreign);
    expect(await rejectionOf(runWithConsent(handler, { prompt, user }))).toBe(foreign);
    expect(prompt.asked).toEqual([]);
  });

  it('rethrows an error that was kept from an earlier run', async () => {
    const chain = userChain();
    const prompt = grants(chain, user);
    let kept: unknown;
    const handler = async () => {
      kept ??= await rejectionOf(chain.call());
      throw kept;
    };
    expect(await rejectionOf(runWithConsent(handler, { prompt, user }))).toBe(kept);
    expect(prompt.asked).toHaveLength(1);
  });

  it('rethrows the original error where there is no way to ask', async () => {
    const chain = userChain({ canAsk: false });
    const prompt = denies();
    const error = await rejectionOf(runWithConsent(() => chain.call(), { prompt, user }));
    expect(error).toBeInstanceOf(NeedsAuthenticationError);
    expect(prompt.asked).toEqual([]);
  });

  it('asks once for several errors at the same time', async () => {
    const chain = userChain();
    const prompt = grants(chain, user);
    const handler = () => Promise.all([chain.call(), chain.call(), chain.call()]);
    const responses = await runWithConsent(handler, { prompt, user });
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(prompt.asked).toHaveLength(1);
  });

  it('takes a handler that is not async, and one that throws at once', async () => {
    const prompt = denies();
    expect(await runWithConsent(() => 42, { prompt, user })).toBe(42);
    const thrown = new Error('at once');
    const handler = () => {
      throw thrown;
    };
    expect(await rejectionOf(runWithConsent(handler, { prompt, user }))).toBe(thrown);
  });
});
