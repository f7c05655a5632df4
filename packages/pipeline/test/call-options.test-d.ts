import type { RequestOptions } from '@tributary/pipeline';

declare module '@tributary/pipeline' {
  interface CallOptions {
    readonly example?: { readonly limit: number };
  }
}

export const merged: RequestOptions = { method: 'GET', example: { limit: 1 } };

// @ts-expect-error a middleware's option has the type that the middleware gave it
export const wrong: RequestOptions = { example: { limit: 'one' } };
