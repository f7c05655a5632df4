import type { Clock, Random, ServiceFetch } from '@tributary/pipeline';

export interface ServiceFetchOptions {
  readonly fetch?: typeof globalThis.fetch;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly timeout?: number;
  readonly maxBytes?: number;
  readonly userAgent?: string;
}

export const serviceFetch =
  (_options: ServiceFetchOptions = {}): ServiceFetch =>
  () =>
    Promise.reject(new Error('not built yet'));
