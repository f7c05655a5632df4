import type { ProviderServices, ServiceFetch } from '@tributary/pipeline';
import { collectLogs, fakeClock } from '@tributary/testing';
import { memoryAccountLinks, memoryGrants } from '../src/index.js';

/** A fetch that knows a few URLs, and remembers what it was asked. */
export const fakeFetch = (
  answers: Readonly<Record<string, () => Response | Promise<Response>>>,
): ServiceFetch & { readonly asked: string[] } => {
  const asked: string[] = [];
  const fetch: ServiceFetch = async (url) => {
    asked.push(url);
    const answer = answers[url];
    if (answer === undefined) throw new Error(`Nobody answers at ${url}.`);
    return answer();
  };
  return Object.assign(fetch, { asked });
};

export const makeServices = (
  overrides: Partial<Omit<ProviderServices, 'clock' | 'logger'>> = {},
) => {
  const clock = fakeClock();
  const logger = collectLogs();
  return {
    fetch: fakeFetch({}),
    grants: memoryGrants({ clock }),
    links: memoryAccountLinks(),
    logger,
    clock,
    ...overrides,
  } satisfies ProviderServices;
};

export const CLOUD_ID = '11111111-2222-4333-8444-555555555555';
export const OTHER_ID = '99999999-8888-4777-8666-555555555555';
