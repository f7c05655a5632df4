import type { Invocation, NeedsAuthenticationError } from '@tributary/pipeline';

/** What an invocation turned out to need, by the service that it is needed for; the latest of each. */
const pending = new WeakMap<Invocation, Map<string, NeedsAuthenticationError>>();

/** How an invocation's platform asks for a service that no call was made to yet. */
const sources = new WeakMap<Invocation, ConsentSource>();

/** An error of ours that a boundary asks for; undefined where there is no way to ask. */
export type ConsentSource = (
  serviceKey: string,
  scopes: readonly string[],
  invocation: Invocation,
) => NeedsAuthenticationError | undefined;

export const rememberConsent = (invocation: Invocation, error: NeedsAuthenticationError): void => {
  const known = pending.get(invocation) ?? new Map<string, NeedsAuthenticationError>();
  known.set(error.serviceKey, error);
  pending.set(invocation, known);
};

/** Does nothing where the invocation has one. */
export const offerConsentSource = (invocation: Invocation, source: ConsentSource): void => {
  if (!sources.has(invocation)) sources.set(invocation, source);
};

export const findConsent = (
  invocation: Invocation,
  serviceKey: string,
  scopes: readonly string[],
): NeedsAuthenticationError | undefined =>
  sources.get(invocation)?.(serviceKey, scopes, invocation) ??
  pending.get(invocation)?.get(serviceKey);
