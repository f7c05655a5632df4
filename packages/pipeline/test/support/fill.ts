import {
  type AttemptCall,
  type AuthenticatedCall,
  type AuthProvider,
  type Call,
  type Middleware,
  noRetry,
  type ResolvedCall,
  Secret,
  type Slots,
  type Terminal,
} from '../../src/index.js';

export const provider: AuthProvider = {
  kind: 'test',
  endpoint: (call) => call.site.url,
  credential: () => undefined,
};

export const resolve: Middleware<Call, ResolvedCall> = {
  name: 'resolve',
  wrap: (next) => (call) => next({ ...call, provider, base: call.site.url }),
};

export const auth: Middleware<AttemptCall, AuthenticatedCall> = {
  name: 'auth',
  wrap: (next) => (call) =>
    next({ ...call, credential: { authorization: new Secret('Bearer t'), base: call.base } }),
};

export const terminal: Terminal = { name: 'terminal', send: async () => new Response('ok') };

/** The slots that a chain can't do without, and `more`. */
export const fill = (more: Partial<Slots> = {}): Slots => ({
  resolve,
  retry: noRetry,
  auth,
  transport: terminal,
  ...more,
});

export const makeCall = (overrides: Partial<Call> = {}): Call => ({
  product: 'confluence',
  site: { deployment: 'cloud', url: 'https://a.example/' },
  principal: { kind: 'app' },
  path: '/wiki/x',
  template: '/wiki/{}',
  method: 'GET',
  headers: {},
  redirect: 'follow',
  options: {},
  ...overrides,
});

export const makeAuthenticated = (
  overrides: Partial<AuthenticatedCall> = {},
): AuthenticatedCall => ({
  ...makeCall(overrides),
  provider,
  base: 'https://a.example/',
  attempt: 1,
  credential: undefined,
  ...overrides,
});
