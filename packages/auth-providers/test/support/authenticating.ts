import { type AttemptCall, type AuthProvider, type Credential, Secret } from '@tributary/pipeline';
import { fakeClock, fakeTerminal, makeAttemptCall, staticProvider } from '@tributary/testing';
import { authenticate } from '../../src/index.js';

export const BASE = 'https://example.atlassian.net/';
export const clock = fakeClock();
export const credential = (token: string, expiresAt?: number): Credential => ({
  authorization: new Secret(`Bearer ${token}`),
  base: BASE,
  ...(expiresAt !== undefined && { expiresAt }),
});
export const old = credential('old');
export const fresh = credential('fresh');

export const providing = (overrides: Partial<AuthProvider>): AuthProvider => ({
  ...staticProvider({ base: BASE }),
  credential: () => old,
  ...overrides,
});

export const asUser = (provider: AuthProvider, overrides: Partial<AttemptCall> = {}) =>
  makeAttemptCall({ provider, base: BASE, principal: { kind: 'user' }, ...overrides });
export const asApp = (provider: AuthProvider) => makeAttemptCall({ provider, base: BASE });

export const unauthorized = (body: BodyInit | null = null, headers: Record<string, string> = {}) =>
  new Response(body, { status: 401, headers });

export const sending = (...answers: Response[]) => {
  const terminal = fakeTerminal(answers);
  return { terminal, auth: authenticate({ clock }).wrap(terminal.send) };
};

export const sentTokens = (terminal: ReturnType<typeof fakeTerminal>) =>
  terminal.outgoing.map(({ authorization }) => authorization);

export const NEEDS = {
  code: 'NEEDS_AUTHENTICATION_ERR',
  attempts: 3,
  template: '/wiki/api/v2/pages/{}',
};
