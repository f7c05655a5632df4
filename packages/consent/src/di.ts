import 'reflect-metadata/lite';
import { CLOCK, CONSENT, CONSENT_PROMPT, type Plugin } from '@tributary/pipeline/di';
import { consent } from './consent.js';
import { type TerminalPromptOptions, terminalPrompt } from './terminal/index.js';

/** Adds the middleware that tells a NeedsAuthenticationError what to ask for. */
export const consentPlugin = (): Plugin => ({
  name: '@tributary/consent',
  register(registry) {
    registry.add(CONSENT, { useFactory: () => consent() });
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
