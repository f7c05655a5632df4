import type { BrowserCookies } from './browser-cookie.js';
import type { ConsentRecords } from './consent-records.js';
import type { PendingConsent } from './pending-consent.js';
import type { Reruns } from './reruns.js';
import type { Settings } from './settings.js';

/** What the pages and the boundary share. */
export interface Parts {
  readonly settings: Settings;
  readonly records: ConsentRecords;
  readonly cookies: BrowserCookies;
  readonly reruns: Reruns;
  /** Consents of programs that are being written down, by what they are for. */
  readonly asked: Map<string, Promise<PendingConsent>>;
}
