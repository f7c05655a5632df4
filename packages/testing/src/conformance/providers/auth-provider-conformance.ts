import type { AuthProvider, Call, ProviderServices, ServiceFetch, Site } from '@tributary/pipeline';
import { type CollectedLogs, collectLogs } from '../../fakes/collect-logs.js';
import { type FakeClock, fakeClock } from '../../fakes/fake-clock.js';
import { fakeAccountLinks, fakeGrantStore } from '../../fakes/fake-grants.js';
import type { Awaitable, ConformanceCase } from '../conformance-case.js';
import {
  acceptsItsSite,
  answersWithABase,
  answersWithASecret,
  mixesNoCallers,
  renewsForGood,
  showsNoCredential,
} from './provider-cases.js';

/** One caller, and what the provider has to send for it. */
export interface ProviderCaller {
  /** Site, principal and invocation that make this caller. */
  readonly call?: Partial<Call>;
  /** The expected `Authorization`, scheme included; leave it out to expect no credential. */
  readonly authorization?: string;
}

export interface AuthProviderConformanceOptions {
  /** A new provider. The services are the kit's; grants and links are empty. */
  readonly create: (services: ProviderServices) => Awaitable<AuthProvider>;
  /** The site that the callers call, unless they say another. */
  readonly site: Site;
  /** At least one; two tenants or two users also show that they are never mixed. */
  readonly callers: readonly [ProviderCaller, ...ProviderCaller[]];
  /** Answers what the provider asks other servers. Default: it may ask nothing. */
  readonly fetch?: ServiceFetch;
}

/** A provider with what the kit watches. */
export interface ProviderBench {
  readonly provider: AuthProvider;
  readonly clock: FakeClock;
  readonly logs: CollectedLogs;
}

const noFetch: ServiceFetch = async () => {
  throw new Error('This provider was not given a fetch by authProviderConformance.');
};

const openBench = async (options: AuthProviderConformanceOptions): Promise<ProviderBench> => {
  const clock = fakeClock();
  const logs = collectLogs();
  const provider = await options.create({
    fetch: options.fetch ?? noFetch,
    clock,
    grants: fakeGrantStore(),
    links: fakeAccountLinks(),
    logger: logs,
  });
  return { provider, clock, logs };
};

type Check = (bench: ProviderBench, options: AuthProviderConformanceOptions) => Promise<void>;

const CASES: readonly (readonly [string, Check])[] = [
  ['it has a kind, and takes its site', acceptsItsSite],
  ['its endpoint is a base URL', answersWithABase],
  ['its credential is a secret for that base', answersWithASecret],
  ['concurrent callers are never mixed', mixesNoCallers],
  ['a renewed credential is not the rejected one', renewsForGood],
  ['no credential is shown', showsNoCredential],
];

/** What every provider must keep to. */
export const authProviderConformance = (
  options: AuthProviderConformanceOptions,
): readonly ConformanceCase[] =>
  CASES.map(([name, check]) => ({
    name: `auth provider: ${name}`,
    run: async () => check(await openBench(options), options),
  }));
