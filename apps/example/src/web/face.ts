import type { Tributary } from '@tributary/api';
import type { Person } from '@tributary/sandbox';
import type { Report } from './report.js';

/** One of the app's own users. A real app has its own users and sessions; these stand for them. */
export interface AppUser {
  readonly id: string;
  readonly name: string;
}

/** What the pages have to know of where they run. */
export interface Face {
  readonly tributary: Tributary;
  readonly report: Report;
  /** The origin that the browser sees; requests for another one are not answered. */
  readonly publicUrl: string;
  /** Where the consent pages are: the redirect URI without its `/callback`. */
  readonly consentPath: string;
  readonly users: readonly AppUser[];
  /** What to type when signing in, where not everybody at this machine may. */
  readonly signInCode?: string;
  /** Made-up people to log in as, in a sandbox. */
  readonly people?: readonly Person[];
  /** Why nothing is written to a page; `undefined` where a comment is. */
  readonly whyNot: (pageId: string) => ReadOnly | undefined;
}

export interface ReadOnly {
  /** What the button says instead, in a few words. */
  readonly label: string;
  /** What would enable it, in a sentence. */
  readonly enable: string;
}
