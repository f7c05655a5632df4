import { ConsentError, type Invocation, NeedsAuthenticationError } from '@tributary/pipeline';
import {
  createInvocation,
  currentInvocation,
  runInInvocation,
} from '@tributary/pipeline/invocation';
import { fakeClock } from '@tributary/testing';
import { describe, expect, it } from 'vitest';
import { runWithConsent } from '../src/index.js';
import { rejectionOf } from './support/outcome.js';
import { denies, fakePrompt, neverAnswers } from './support/prompts.js';
import { userChain } from './support/user-chain.js';

const user = { id: 'ada' };

const grants = (chain: { readonly granted: Set<string> }) =>
  fakePrompt(() => {
    chain.granted.add(user.id);
  });

const codeOf = (error: unknown) => (error instanceof ConsentError ? error.code : error);

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
    const prompt = grants(chain);
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
    const prompt = grants(chain);
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
    const prompt = grants(chain);
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
    const prompt = grants(chain);
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

describe('runWithConsent: how asking ends', () => {
  it('denied: CONSENT_DENIED, and the handler is not run again', async () => {
    const chain = userChain();
    let runs = 0;
    const handler = () => {
      runs += 1;
      return chain.call();
    };
    const error = await rejectionOf(runWithConsent(handler, { prompt: denies(), user }));
    expect(codeOf(error)).toBe('CONSENT_DENIED');
    expect(runs).toBe(1);
  });

  it('not answered: CONSENT_TIMEOUT, also when the prompt ignores its signal', async () => {
    const clock = fakeClock();
    const prompt = neverAnswers();
    const work = rejectionOf(
      runWithConsent(() => userChain().call(), { prompt, user, clock, timeout: 60_000 }),
    );
    await clock.advance(59_999);
    expect(prompt.signals[0]?.aborted).toBe(false);
    await clock.advance(1);
    const error = await work;
    expect(codeOf(error)).toBe('CONSENT_TIMEOUT');
    expect(prompt.signals[0]?.reason).toBe(error);
    expect((error as ConsentError).retryable).toBe(true);
    expect((error as ConsentError).cause).toBeInstanceOf(NeedsAuthenticationError);
    expect(clock.pending).toBe(0);
  });

  it('waits five minutes unless told otherwise', async () => {
    const clock = fakeClock();
    const prompt = neverAnswers();
    const work = rejectionOf(runWithConsent(() => userChain().call(), { prompt, user, clock }));
    await clock.advance(299_999);
    expect(prompt.signals[0]?.aborted).toBe(false);
    await clock.advance(1);
    expect(codeOf(await work)).toBe('CONSENT_TIMEOUT');
  });

  it('leaves no timer after an answer', async () => {
    const clock = fakeClock();
    const chain = userChain();
    await runWithConsent(() => chain.call(), { prompt: grants(chain), user, clock });
    expect(clock.pending).toBe(0);
  });

  it.each([[1], [3]])('no grant after %i rounds: CONSENT_ROUNDS', async (maxRounds) => {
    const prompt = fakePrompt(() => {});
    const runs: number[] = [];
    const error = await rejectionOf(
      runWithConsent(() => userChain().call(), {
        prompt,
        user,
        maxRounds,
        onRun: ({ run }) => runs.push(run),
      }),
    );
    expect(codeOf(error)).toBe('CONSENT_ROUNDS');
    expect((error as ConsentError).cause).toBeInstanceOf(NeedsAuthenticationError);
    expect(prompt.asked).toHaveLength(maxRounds);
    expect(runs).toEqual(Array.from({ length: maxRounds + 1 }, (_, index) => index + 1));
  });

  it('an abort ends the wait with its reason', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const reason = new Error('the user pressed Ctrl+C');
    const prompt = fakePrompt(() => {
      controller.abort(reason);
      return new Promise(() => {});
    });
    const work = runWithConsent(() => userChain().call(), { prompt, user, signal });
    expect(await rejectionOf(work)).toBe(reason);
    expect(prompt.signals[0]?.reason).toBe(reason);
  });

  it('an abort during the first run asks nobody', async () => {
    const chain = userChain();
    const controller = new AbortController();
    const prompt = denies();
    const handler = () => {
      controller.abort();
      return chain.call();
    };
    const { signal } = controller;
    const error = await rejectionOf(runWithConsent(handler, { prompt, user, signal }));
    expect(error).toBe(signal.reason);
    expect(prompt.asked).toEqual([]);
  });

  it('an error of the prompt is passed on', async () => {
    const broken = new TypeError('no screen');
    const prompt = fakePrompt(() => Promise.reject(broken));
    expect(await rejectionOf(runWithConsent(() => userChain().call(), { prompt, user }))).toBe(
      broken,
    );
  });
});

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
        prompt: grants(chain),
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
      runWithConsent(() => chain.call(), { prompt: grants(chain), user }),
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

describe('runWithConsent: settings', () => {
  const prompt = denies();
  it.each([
    ['user', { user: { id: '' } }],
    ['maxRounds', { maxRounds: 0 }],
    ['maxRounds', { maxRounds: 1.5 }],
    ['timeout', { timeout: 0 }],
    ['timeout', { timeout: Number.NaN }],
    ['timeout', { timeout: 2 ** 31 }],
  ])('refuses a wrong %s: %o', async (field, wrong) => {
    const error = await rejectionOf(runWithConsent(() => 1, { prompt, user, ...wrong }));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', field });
  });

  it('takes an endless timeout', async () => {
    const chain = userChain();
    const clock = fakeClock();
    const options = { prompt: grants(chain), user, clock, timeout: Infinity };
    expect((await runWithConsent(() => chain.call(), options)).status).toBe(200);
  });
});
