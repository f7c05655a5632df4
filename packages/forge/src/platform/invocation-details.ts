import { type Clock, type Invocation, systemClock } from '@tributary/pipeline';
import type { ForgeAppContext, ForgeExternalAuth } from './forge-runtime.js';

/** What Forge tells of one invocation, beside who invokes it and where. */
export interface ForgeInvocationDetails
  extends Partial<
    Pick<ForgeAppContext, 'functionKey' | 'moduleKey' | 'moduleType' | 'license' | 'installation'>
  > {
  /** The installation's context. Default: the platform's. */
  readonly contextAri?: string;
  /** The account of whoever is invoking. Default: the invocation's user's, else the platform's. */
  readonly accountId?: string;
  /** Ms that it may take, from when it was first described. Default: the platform's `invocationTimeout`. */
  readonly timeout?: number;
  /** Instead of what the platform lists. */
  readonly externalAuth?: readonly ForgeExternalAuth[];
}

export interface DescribedInvocation extends ForgeInvocationDetails {
  /** On the clock's monotonic scale, in ms. */
  readonly startedAt: number;
}

const described = new WeakMap<Invocation, DescribedInvocation>();

/**
 * Says what `__forge_runtime__` tells inside `invocation`: the function and module that run, for how long
 * they may. Whoever starts the app's functions calls it, before the function runs; what was said before
 * stays where nothing else is said.
 */
export const describeInvocation = (
  invocation: Invocation,
  details: ForgeInvocationDetails,
  clock: Clock = systemClock,
): void => {
  described.set(invocation, {
    startedAt: clock.monotonic(),
    ...described.get(invocation),
    ...details,
  });
};

/** What was said of it; else that it began when it was first looked at. */
export const detailsOf = (invocation: Invocation): DescribedInvocation => {
  if (!described.has(invocation)) describeInvocation(invocation, {});
  return described.get(invocation) as DescribedInvocation;
};
