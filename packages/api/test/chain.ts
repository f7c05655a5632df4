import { cloud } from '@tributary/auth-providers';
import { type Plugin, TRANSPORT } from '@tributary/pipeline/di';
import { type FakeAnswer, fakeTerminal, staticProvider } from '@tributary/testing';
import { createTributary, type TributaryOptions } from '../src/index.js';

export const SITE_URL = 'https://example.atlassian.net/';

/** A whole client, but for the network. */
export const clientOver = (answer: FakeAnswer, options: Partial<TributaryOptions> = {}) => {
  const terminal = fakeTerminal(answer);
  const wire: Plugin = {
    name: 'fake-wire',
    register: (registry) => registry.provide(TRANSPORT, { useValue: terminal }),
  };
  const { plugins = [], ...rest } = options;
  const tributary = createTributary({
    site: cloud('https://example.atlassian.net'),
    app: staticProvider({ base: SITE_URL, authorization: 'Bearer app-credential' }),
    user: staticProvider({ base: SITE_URL, authorization: 'Bearer user-credential' }),
    ...rest,
    plugins: [wire, ...plugins],
  });
  return { ...tributary, terminal };
};
