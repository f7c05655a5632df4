import {
  type AuthProvider,
  type Call,
  createPipeline,
  type Middleware,
  NeedsAuthenticationError,
  noRetry,
  type ResolvedCall,
} from '@tributary/pipeline';
import { currentInvocation } from '@tributary/pipeline/invocation';
import { fakeTerminal, makeCall, staticProvider } from '@tributary/testing';
import { consent } from '../../src/index.js';
import { fakeFlow } from './fake-flow.js';

/** Who has granted, by the app's own user id. */
export type Granted = Set<string>;

export interface UserChain {
  readonly granted: Granted;
  /** A call as the user of the invocation that runs. */
  call(): Promise<Response>;
}

/** A chain that needs the invoking user's grant, with the real consent slot. */
export const userChain = ({ canAsk = true }: { readonly canAsk?: boolean } = {}): UserChain => {
  const granted: Granted = new Set();
  const base = 'https://api.example/';
  const provider: AuthProvider = {
    ...staticProvider({ base }),
    ...(canAsk && { authorization: () => fakeFlow() }),
  };
  const resolve: Middleware<Call, ResolvedCall> = {
    name: 'resolve',
    wrap: (next) => (call) => next({ ...call, provider, base }),
  };
  const pipeline = createPipeline({
    resolve,
    consent: [consent()],
    retry: noRetry,
    auth: {
      name: 'auth',
      wrap: (next) => async (call) => {
        if (!granted.has(call.invocation?.user?.id ?? '')) {
          throw new NeedsAuthenticationError({ template: call.template, attempts: call.attempt });
        }
        return next({ ...call, credential: undefined });
      },
    },
    transport: fakeTerminal(() => new Response('page 42')),
  });
  return {
    granted,
    call: () => {
      const invocation = currentInvocation();
      const principal = { kind: 'user' } as const;
      return pipeline.send(makeCall({ principal, ...(invocation && { invocation }) }));
    },
  };
};
