import { ConsentError, type ConsentPrompt } from '@tributary/pipeline';
import { fakeClock } from '@tributary/testing';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type RunWithConsentOptions, runWithConsent } from '../src/index.js';
import { type Deferred, deferred, rejectionOf } from './support/outcome.js';
import { type FakePrompt, fakePrompt, neverAnswers } from './support/prompts.js';
import { type UserChain, userChain, type WantedCall } from './support/user-chain.js';

// Loaded with the first question, which takes more than a turn of the loop.
beforeAll(() => import('../src/teach.js'));

const user = { id: 'ada' };
const settled = () => new Promise((resolve) => setImmediate(resolve));
const denial = () => new ConsentError('CONSENT_DENIED', 'No.');

/** A person who decides when the test does. */
interface Person {
  readonly prompt: FakePrompt;
  grant(chain: UserChain, ...names: string[]): void;
  refuse(error: unknown): void;
}

const person = (): Person => {
  let decision: Deferred<() => void> = deferred();
  const prompt = fakePrompt(async () => {
    const current = decision;
    (await current.promise)();
  });
  const decide = (act: () => void) => {
    decision.resolve(act);
    decision = deferred();
  };
  return {
    prompt,
    grant: (chain, ...names) =>
      decide(() => {
        for (const name of names.length === 0 ? ['ada'] : names) chain.granted.add(name);
      }),
    refuse: (error) =>
      decide(() => {
        throw error;
      }),
  };
};

/** Handlers that each make one call, and how often they ran. */
const starter = (chain: UserChain, prompt: ConsentPrompt) => {
  const runs: number[] = [];
  const start = (options: Partial<RunWithConsentOptions> = {}, wanted: WantedCall = {}) => {
    const index = runs.push(0) - 1;
    const handler = async ({ run }: { readonly run: number }) => {
      runs[index] = run;
      return (await chain.call(wanted)).text();
    };
    const work = runWithConsent(handler, { prompt, user, ...options });
    work.catch(() => {});
    return work;
  };
  return { runs, start };
};

const world = () => {
  const chain = userChain();
  const ada = person();
  return { chain, ada, ...starter(chain, ada.prompt) };
};

describe('several invocations of one user at the same time', () => {
  it('ask once, and all run again', async () => {
    const { chain, ada, runs, start } = world();
    const all = [start(), start(), start()];
    await settled();
    ada.grant(chain);
    expect(await Promise.all(all)).toEqual(['page 42', 'page 42', 'page 42']);
    expect(ada.prompt.asked).toHaveLength(1);
    expect(ada.prompt.signals[0]?.aborted).toBe(false);
    expect(runs).toEqual([2, 2, 2]);
  });

  it('are all denied by one denial, and none runs again', async () => {
    const { ada, runs, start } = world();
    const all = [start(), start()];
    await settled();
    const no = denial();
    ada.refuse(no);
    for (const work of all) expect(await rejectionOf(work)).toBe(no);
    expect(ada.prompt.asked).toHaveLength(1);
    expect(runs).toEqual([1, 1]);
  });

  it('all learn why asking failed', async () => {
    const { ada, start } = world();
    const all = [start(), start()];
    await settled();
    const broken = new ConsentError('CONSENT_UNAVAILABLE', 'No screen.');
    ada.refuse(broken);
    for (const work of all) expect(await rejectionOf(work)).toBe(broken);
  });

  it('an abort of one, also of the one that asked, leaves the question to the others', async () => {
    const { chain, ada, start } = world();
    const asker = new AbortController();
    const joiner = new AbortController();
    const first = start({ signal: asker.signal });
    const second = start({ signal: joiner.signal });
    const third = start();
    await settled();
    const reasons = [new Error('first'), new Error('second')];
    asker.abort(reasons[0]);
    joiner.abort(reasons[1]);
    expect(await rejectionOf(first)).toBe(reasons[0]);
    expect(await rejectionOf(second)).toBe(reasons[1]);
    expect(ada.prompt.signals[0]?.aborted).toBe(false);
    ada.grant(chain);
    expect(await third).toBe('page 42');
    expect(ada.prompt.asked).toHaveLength(1);
  });

  it('the question ends with the last who waits for it, and can be asked anew at once', async () => {
    const { chain, ada, start } = world();
    const controllers = [new AbortController(), new AbortController()];
    const all = controllers.map(({ signal }) => start({ signal }));
    await settled();
    for (const [index, controller] of controllers.entries()) controller.abort(index);
    expect(await Promise.all(all.map(rejectionOf))).toEqual([0, 1]);
    expect(ada.prompt.signals[0]?.reason).toBe(1);
    const later = start();
    await settled();
    expect(ada.prompt.asked).toHaveLength(2);
    ada.grant(chain);
    expect(await later).toBe('page 42');
  });

  it('each waits as long as it was told to', async () => {
    const { chain, ada, start } = world();
    const clock = fakeClock();
    const short = start({ clock, timeout: 1_000 });
    const long = start({ clock, timeout: 5_000 });
    await settled();
    await clock.advance(1_000);
    expect(await rejectionOf(short)).toMatchObject({ code: 'CONSENT_TIMEOUT' });
    expect(ada.prompt.signals[0]?.aborted).toBe(false);
    ada.grant(chain);
    expect(await long).toBe('page 42');
    expect(clock.pending).toBe(0);
  });

  it('one that the grant comes too late for has its answer without being asked', async () => {
    const { chain, ada, runs, start } = world();
    const slow = deferred<void>();
    const late = runWithConsent(
      async ({ run }) => {
        const answer = chain.call();
        if (run === 1) await Promise.allSettled([answer, slow.promise]);
        return `run ${run}: ${await (await answer).text()}`;
      },
      { prompt: ada.prompt, user },
    );
    late.catch(() => {});
    const quick = start();
    await settled();
    ada.grant(chain);
    await quick;
    slow.resolve();
    expect(await late).toBe('run 2: page 42');
    expect(ada.prompt.asked).toHaveLength(1);
    expect(runs).toEqual([2]);
  });

  it('one that the denial comes too early for is denied by it, and a later one is asked', async () => {
    const { chain, ada, start } = world();
    const slow = deferred<void>();
    const late = runWithConsent(
      async () => {
        await slow.promise;
        return chain.call();
      },
      { prompt: ada.prompt, user },
    );
    const quick = start();
    await settled();
    const no = denial();
    ada.refuse(no);
    expect(await rejectionOf(quick)).toBe(no);
    slow.resolve();
    expect(await rejectionOf(late)).toBe(no);
    const later = start();
    await settled();
    expect(ada.prompt.asked).toHaveLength(2);
    ada.grant(chain);
    expect(await later).toBe('page 42');
  });

  it('a question that nobody answered says nothing about later ones', async () => {
    const { chain, ada, start } = world();
    const slow = deferred<void>();
    const late = runWithConsent(
      async ({ run }) => {
        if (run === 1) await slow.promise;
        return (await chain.call()).text();
      },
      { prompt: ada.prompt, user },
    );
    const quick = start();
    await settled();
    ada.refuse(new ConsentError('CONSENT_TIMEOUT', 'Nobody answered.'));
    expect(await rejectionOf(quick)).toMatchObject({ code: 'CONSENT_TIMEOUT' });
    slow.resolve();
    await settled();
    expect(ada.prompt.asked).toHaveLength(2);
    ada.grant(chain);
    expect(await late).toBe('page 42');
  });
});

describe('questions that are not the same', () => {
  it.each<[string, Partial<RunWithConsentOptions>, WantedCall]>([
    ['another user', { user: { id: 'grace' } }, {}],
    ['another account of the user', { user: { id: 'ada', accountId: 'account-2' } }, {}],
    ['another site', {}, { site: { deployment: 'cloud', url: 'https://other.atlassian.net/' } }],
    ['another way of asking', { prompt: { ...neverAnswers(), name: 'elsewhere' } }, {}],
  ])('%s is asked besides', async (_, options, wanted) => {
    const { ada, start } = world();
    const controller = new AbortController();
    const { signal } = controller;
    const prompt = options.prompt as FakePrompt | undefined;
    const all = [start({ signal }), start({ signal, ...options }, wanted)];
    await settled();
    expect(ada.prompt.asked.length + (prompt?.asked.length ?? 0)).toBe(2);
    controller.abort();
    await Promise.allSettled(all);
  });

  it('another client is asked for besides', async () => {
    const { ada, start } = world();
    const other = starter(userChain(), ada.prompt);
    const controller = new AbortController();
    const { signal } = controller;
    const all = [start({ signal }), other.start({ signal })];
    await settled();
    expect(ada.prompt.asked).toHaveLength(2);
    controller.abort();
    await Promise.allSettled(all);
  });

  it('fewer scopes are part of the question that is open', async () => {
    const { chain, ada, start } = world();
    const all = [start({}, { scopes: ['a', 'b'] }), start({}, { scopes: ['b'] })];
    await settled();
    ada.grant(chain, 'ada a', 'ada b');
    await Promise.all(all);
    expect(ada.prompt.asked).toHaveLength(1);
  });

  it('other scopes wait for the open question, and try again once it is granted', async () => {
    const { chain, ada, runs, start } = world();
    const all = [start({}, { scopes: ['a'] }), start({}, { scopes: ['b'] })];
    await settled();
    expect(ada.prompt.asked.map(({ scopes }) => scopes)).toEqual([['a']]);
    ada.grant(chain, 'ada a');
    await all[0];
    await settled();
    expect(runs).toEqual([2, 2]);
    expect(ada.prompt.asked.map(({ scopes }) => scopes)).toEqual([['a'], ['b']]);
    ada.grant(chain, 'ada b');
    expect(await all[1]).toBe('page 42');
    expect(runs).toEqual([2, 3]);
  });

  it('other scopes are asked for after a denial of the first', async () => {
    const { chain, ada, runs, start } = world();
    const all = [start({}, { scopes: ['a'] }), start({}, { scopes: ['b'] })];
    await settled();
    ada.refuse(denial());
    expect(await rejectionOf(all[0] as Promise<string>)).toMatchObject({ code: 'CONSENT_DENIED' });
    await settled();
    expect(ada.prompt.asked.map(({ scopes }) => scopes)).toEqual([['a'], ['b']]);
    ada.grant(chain, 'ada b');
    expect(await all[1]).toBe('page 42');
    expect(runs).toEqual([1, 2]);
  });

  it('who waits for another question can be aborted', async () => {
    const { chain, ada, start } = world();
    const controller = new AbortController();
    const first = start({}, { scopes: ['a'] });
    const second = start({ signal: controller.signal }, { scopes: ['b'] });
    await settled();
    controller.abort('enough');
    expect(await rejectionOf(second)).toBe('enough');
    ada.grant(chain, 'ada a');
    expect(await first).toBe('page 42');
  });
});

describe('whatever comes when', () => {
  const ticks = async (count: number) => {
    for (let tick = 0; tick < count; tick += 1) await settled();
  };
  const run = fc.record({
    startsAt: fc.nat(3),
    callsAt: fc.nat(3),
    abortsAt: fc.option(fc.nat(8)),
    scopes: fc.constantFrom(['a'], ['a', 'b'], ['c']),
  });
  const answer = fc.record({
    after: fc.nat(3),
    outcome: fc.constantFrom('granted', 'CONSENT_DENIED', 'CONSENT_UNAVAILABLE'),
  });

  it('a person has one question at a time, and everybody gets an end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(run, { minLength: 1, maxLength: 5 }),
        fc.infiniteStream(answer),
        async (runs, answers) => {
          const chain = userChain();
          let open = 0;
          const prompt: ConsentPrompt = {
            name: 'drawn',
            async ask({ scopes }, { signal }) {
              open += 1;
              expect(open).toBe(1);
              signal.addEventListener('abort', () => {
                open -= 1;
              });
              const { after, outcome } = answers.next().value;
              await ticks(after);
              if (signal.aborted) return;
              open -= 1;
              if (outcome !== 'granted') throw new ConsentError(outcome as 'CONSENT_DENIED', 'No.');
              for (const scope of scopes) chain.granted.add(`ada ${scope}`);
            },
          };
          const ends = runs.map(async ({ startsAt, callsAt, abortsAt, scopes }) => {
            await ticks(startsAt);
            const controller = new AbortController();
            const { signal } = controller;
            const handler = async () => {
              await ticks(callsAt);
              return (await chain.call({ scopes })).text();
            };
            const work = runWithConsent(handler, { prompt, user, signal, maxRounds: 5 });
            work.catch(() => {});
            if (abortsAt !== null)
              ticks(abortsAt).then(() => controller.abort({ code: 'ABORTED' }));
            const end = await work.catch(({ code }) => code);
            if (end === 'page 42') return;
            expect(['CONSENT_DENIED', 'CONSENT_UNAVAILABLE', 'ABORTED']).toContain(end);
            expect(end === 'ABORTED' && abortsAt === null).toBe(false);
          });
          await Promise.all(ends);
          expect(open).toBe(0);
        },
      ),
    );
  });
});
