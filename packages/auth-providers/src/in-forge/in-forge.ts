import type {
  AttemptCall,
  AuthenticatedCall,
  AuthProvider,
  AuthProviders,
  Middleware,
  Site,
  Terminal,
} from '@tributary/pipeline';
import {
  AUTH,
  AUTH_PROVIDERS,
  CLOCK,
  type Plugin,
  type Resolver,
  TRANSPORT,
} from '@tributary/pipeline/di';
import { invokingAccount } from './forge-runtime.js';
import { forgeTerminal } from './forge-terminal.js';

/** What `createTributary` needs inside Forge. */
export interface InForge {
  /** Stands for whichever site Forge's runtime runs for: the platform knows it, and its URL goes nowhere. */
  readonly site: Site;
  readonly plugins: readonly Plugin[];
}

const SITE: Site = Object.freeze({ deployment: 'cloud', url: 'https://api.atlassian.com/' });

/** Whoever it is: Forge attaches the credential, and knows who is invoking. */
const platformOf = (terminal: Terminal): AuthProvider => {
  const provider: AuthProvider = Object.freeze<AuthProvider>({
    kind: 'forge',
    canImpersonate: true,
    knowsUser: true,
    endpoint: ({ site }) => site.url,
    credential: () => undefined,
    account: () => invokingAccount(),
    async verify(call) {
      const { verifyPlatform } = await import('./verify-platform.js');
      return verifyPlatform(call, provider, terminal);
    },
  });
  return provider;
};

const terminalOf = (resolver: Resolver): Terminal => {
  const clock = resolver.find(CLOCK);
  return forgeTerminal(clock === undefined ? {} : { clock });
};

/** A 401 is the product's answer here: that consent is missing, Forge's proxy says in its own way. */
const attachNothing: Middleware<AttemptCall, AuthenticatedCall> = {
  name: 'forge-auth',
  wrap: (next) =>
    function auth(call) {
      return next({ ...call, credential: undefined });
    },
};

const forgePlugin: Plugin = {
  name: 'in-forge',
  register(registry) {
    registry.provide(AUTH_PROVIDERS, {
      useFactory(resolver): AuthProviders {
        const platform = platformOf(terminalOf(resolver));
        return { app: platform, user: platform, none: platform };
      },
    });
    registry.provide(AUTH, { useValue: attachNothing });
    registry.provide(TRANSPORT, { useFactory: terminalOf });
  },
};

/**
 * Options of `createTributary` inside Forge's own runtime: every call passes straight to the platform's
 * fetch. The same code runs elsewhere with other options: `createTributary(isInForge() ? inForge() : { … })`.
 * Outside Forge each call is refused with a ConfigError.
 */
export const inForge = (): InForge => ({ site: SITE, plugins: [forgePlugin] });
