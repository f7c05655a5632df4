import type { RequestOptions } from '@tributary/pipeline';
import type { RetryCallOptions } from '../src/index.js';

export const single: RequestOptions = { retry: false };
export const marked: RequestOptions = { method: 'POST', retry: { idempotent: true, limit: 5 } };
export const named: RetryCallOptions = { maxWait: 1000 };

export const unbounded: RequestOptions = { budget: false };

// @ts-expect-error a number is not how often; that is `limit`
export const wrong: RequestOptions = { retry: 3 };
