import { ConsentError, NeedsAuthenticationError } from '@tributary/pipeline';
import { fakeClock } from '@tributary/testing';
import { describe, expect, it } from 'vitest';
import { runWithConsent } from '../src/index.js';
import { rejectionOf } from './support/outcome.js';
import { denies, fakePrompt, grants, neverAnswers } from './support/prompts.js';
import { userChain } from './support/user-chain.js';

const user = { id: 'ada' };

const codeOf = (error: unknown) => (error instanceof ConsentError ? error.code : error);

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
    await runWithConsent(() => chain.call(), { prompt: grants(chain, user), user, clock });
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

describe('runWithConsent: settings', () => {
  const prompt = denies();
  it.each([
    ['user', { user: { id: '' } }],
    ['prompt', { prompt: undefined as unknown as typeof prompt }],
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
    const options = { prompt: grants(chain, user), user, clock, timeout: Infinity };
    expect((await runWithConsent(() => chain.call(), options)).status).toBe(200);
  });
});
