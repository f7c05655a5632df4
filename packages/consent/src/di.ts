import 'reflect-metadata/lite';
import { CLOCK, CONSENT, CONSENT_PROMPT, type Plugin } from '@tributary/pipeline/di';
import { type ConsentOptions, consent } from './consent.js';
import { type TerminalPromptOptions, terminalPrompt } from './terminal/index.js';

const ADDED = Symbol('consent');

/**
 * Adds the middleware that tells a NeedsAuthenticationError what to ask for. One that is given to
 * `createTributary()` takes the place of its own.
 */
export const consentPlugin = (options?: ConsentOptions): Plugin => ({
  name: '@tributary/consent',
  register({ container, add }) {
    // A list takes whatever is added, and a default's registration comes after a plugin's.
    if (container.isRegistered(ADDED)) return;
    container.registerInstance(ADDED, true);
    add(CONSENT, { useFactory: () => consent(options) });
  },
});

/** Asks at the terminal of this machine. */
export const terminalConsent = (options: TerminalPromptOptions = {}): Plugin => ({
  name: '@tributary/consent/terminal',
  register(registry) {
    registry.provide(CONSENT_PROMPT, {
      useFactory: (resolver) => {
        const clock = options.clock ?? resolver.find(CLOCK);
        return terminalPrompt({ ...options, ...(clock && { clock }) });
      },
    });
  },
});
