import {
  ConsentError,
  type ConsentPrompt,
  type ConsentRequest,
  type InvokingUser,
} from '@tributary/pipeline';

export interface FakePrompt extends ConsentPrompt {
  readonly asked: ConsentRequest[];
  readonly signals: AbortSignal[];
}

/** A prompt whose person decides at once, or as slowly as `decide` does. */
export const fakePrompt = (decide: () => void | Promise<void>): FakePrompt => {
  const asked: ConsentRequest[] = [];
  const signals: AbortSignal[] = [];
  return {
    name: 'fake',
    asked,
    signals,
    async ask(request, { signal }) {
      asked.push(request);
      signals.push(signal);
      await decide();
    },
  };
};

export const denies = () =>
  fakePrompt(() => {
    throw new ConsentError('CONSENT_DENIED', 'No.');
  });

export const neverAnswers = () => fakePrompt(() => new Promise(() => {}));

/** The person says yes, and the chain knows. */
export const grants = (chain: { readonly granted: Set<string> }, { id }: InvokingUser) =>
  fakePrompt(() => {
    chain.granted.add(id);
  });
