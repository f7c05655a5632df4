import 'reflect-metadata';
import { CONSENT, CONSENT_PROMPT, createRegistry } from '@tributary/pipeline/di';
import { expect, it } from 'vitest';
import { consentPlugin, terminalConsent } from '../src/di.js';

it('fills the consent slot and provides the prompt', async () => {
  await using registry = createRegistry({ plugins: [consentPlugin(), terminalConsent()] });
  expect(registry.all(CONSENT).map(({ name }) => name)).toEqual(['consent']);
  expect(registry.get(CONSENT_PROMPT).name).toBe('terminal');
  expect(registry.get(CONSENT_PROMPT)).toBe(registry.get(CONSENT_PROMPT));
});

it('is an error to provide two prompts', () => {
  const other = { ...terminalConsent(), name: 'another' };
  expect(() => createRegistry({ plugins: [terminalConsent(), other] })).toThrow(
    /`another` and `@tributary\/consent\/terminal` both provide CONSENT_PROMPT/,
  );
});
