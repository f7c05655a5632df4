import { type Call, noRetry } from '@tributary/pipeline';
import {
  AUTH_PROVIDERS,
  CLOCK,
  composePipeline,
  createRegistry,
  FETCH,
  type Plugin,
  RETRY,
  systemServices,
} from '@tributary/pipeline/di';
import { fakeClock, makeCall } from '@tributary/testing';
import { expect } from 'vitest';
import { authProviders, memoryGrantsPlugin } from '../../src/di.js';
import { inForge } from '../../src/in-forge/index.js';

export interface Sent {
  readonly meta: Record<string, unknown>;
  readonly path: string;
  readonly init: RequestInit;
}

const globals = globalThis as Record<string, unknown>;

/** What Forge's runtime puts there (`@forge/api` 8), and what it is told. */
export const enterForge = (answer: (sent: Sent) => unknown = () => new Response('{}')) => {
  const sent: Sent[] = [];
  globals.__forge_fetch__ = async (meta: Sent['meta'], path: string, init: RequestInit) => {
    sent.push({ meta, path, init });
    return answer({ meta, path, init });
  };
  return sent;
};

export const leaveForge = (): void => {
  delete globals.__forge_fetch__;
  delete globals.__forge_runtime__;
};

/** A chain as it is composed inside Forge. */
export const openInForge = (clock = fakeClock()) => {
  const { site, plugins } = inForge();
  const rest: Plugin = {
    name: 'rest',
    register(registry) {
      registry.provide(CLOCK, { useValue: clock });
      registry.provide(RETRY, { useValue: noRetry });
      registry.provide(FETCH, { useValue: () => expect.unreachable() });
    },
  };
  const registry = createRegistry({
    plugins: [...plugins, rest],
    defaults: [systemServices, memoryGrantsPlugin, authProviders({})],
  });
  const pipeline = composePipeline(registry);
  const send = (overrides: Partial<Call> = {}) => pipeline.send(makeCall({ site, ...overrides }));
  return { pipeline, send, clock, site, providers: registry.get(AUTH_PROVIDERS) };
};
