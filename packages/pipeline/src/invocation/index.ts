import { AsyncLocalStorage } from 'node:async_hooks';
import type { Invocation } from './invocation.js';

export type { Invocation, InvokingUser } from './invocation.js';

const current = new AsyncLocalStorage<Invocation>();

/** Runs `work` as part of `invocation`; whatever it starts asynchronously belongs to it too. */
export const runInInvocation = <T>(invocation: Invocation, work: () => T): T =>
  current.run(invocation, work);

export const currentInvocation = (): Invocation | undefined => current.getStore();

/** Or a field that is not there, a user above all, could come from a polluted Object.prototype. */
const ownRecord = <T extends object>(fields: T): T => Object.assign(Object.create(null), fields);

/** A fresh invocation. `run` defaults to 1; `interactive` to whether there is a user and no background. */
export const createInvocation = (
  options: Pick<Invocation, 'surface'> &
    Partial<Pick<Invocation, 'interactive' | 'run' | 'user' | 'site' | 'installationId'>>,
): Invocation => {
  const noted = new WeakSet<object>();
  const { surface, user, site, installationId, interactive, run = 1 } = ownRecord(options);
  const invocation: Invocation = {
    id: crypto.randomUUID(),
    surface,
    interactive: interactive ?? (user !== undefined && surface !== 'background'),
    run,
    ...(user && { user: Object.freeze(ownRecord(user)) }),
    ...(site && { site }),
    ...(installationId !== undefined && { installationId }),
    note: (error: object) => {
      noted.add(error);
    },
    hasNoted: (error: unknown) => typeof error === 'object' && error !== null && noted.has(error),
  };
  return Object.freeze(ownRecord(invocation));
};
