import type { Secret } from '../secrets/secret.js';

/** What goes into the `Authorization` header, and the one base URL it may go to. */
export interface Credential {
  /** The whole header value, scheme included: `Bearer …`, `Basic …`. */
  readonly authorization: Secret;
  /** Normalised href ending in `/`; a terminal refuses the call when its base differs. */
  readonly base: string;
  /** Epoch ms. */
  readonly expiresAt?: number;
}
