import type { ForgePlatformOptions, PlatformClient } from './platform-options.js';

/** What every kind of request of one platform is answered from. */
export interface PlatformParts {
  readonly client: PlatformClient;
  readonly options: ForgePlatformOptions;
  /** Tells whoever runs the app, once. */
  readonly warn: (message: string) => void;
  /** For what is no product call. */
  readonly fetch: typeof globalThis.fetch;
}
