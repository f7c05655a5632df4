import {
  type AuthProvider,
  type Call,
  createPipeline,
  type Middleware,
  NeedsAuthenticationError,
  noRetry,
  type ResolvedCall,
  type Site,
} from '@tributary/pipeline';
import { currentInvocation } from '@tributary/pipeline/invocation';
import { fakeTerminal, makeCall, staticProvider } from '@tributary/testing';
import { consent } from '../../src/index.js';
import { fakeFlow } from './fake-flow.js';

/** Who has granted, by the app's own user id; a scope of its own as `ada read:page`. */
export type Granted = Set<string>;

export interface WantedCall {
  /** What the call needs to have been granted; without them, any grant. */
  readonly scopes?: readonly string[];
  readonly site?: Site;
}

export interface UserChain {
  readonly granted: Granted;
  /** A call as the user of the invocation that runs. */
  call(wanted?: WantedCall): Promise<Response>;
}

/** A chain that needs the invoking user's grant, with the real consent slot. */
export const userChain = ({ canAsk = true }: { readonly canAsk?: boolean } = {}): UserChain => {
  const granted: Granted = new Set();
  const wants = new WeakMap<object, readonly string[]>();
  const base = 'https://api.example/';
  const wanted = (invocation: object | undefined) => invocation && wants.get(invocation);
  const provider: AuthProvider = {
    ...staticProvider({ base }),
    ...(canAsk && {
      authorization({ invocation }) {
        const scopes = wanted(invocation);
        return fakeFlow(scopes && { scopes });
      },
    }),
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
        const id = call.invocation?.user?.id ?? '';
        const needed = wanted(call.invocation)?.map((scope) => `${id} ${scope}`) ?? [id];
        if (!needed.every((name) => granted.has(name))) {
          throw new NeedsAuthenticationError({ template: call.template, attempts: call.attempt });
        }
        return next({ ...call, credential: undefined });
      },
    },
    transport: fakeTerminal(() => new Response('page 42')),
  });
  return {
    granted,
    call: ({ scopes, site } = {}) => {
      const invocation = currentInvocation();
      if (invocation && scopes) wants.set(invocation, scopes);
      const principal = { kind: 'user' } as const;
      return pipeline.send(
        makeCall({ principal, ...(invocation && { invocation }), ...(site && { site }) }),
      );
    },
  };
};
