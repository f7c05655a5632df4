import type { HttpBindings } from '@hono/node-server';
import type { Database } from '../database.js';
import type { MediaStore } from '../media/media-store.js';
import type { Account } from '../people.js';

/** Who a request turned out to come from. */
export interface Identity {
  readonly person?: Account;
  /** Set on the gateway: what the credential may do. The site knows no scopes. */
  readonly scopes?: ReadonlySet<string>;
  /** The OAuth client whose token it is; none for API tokens and people of their own. */
  readonly app?: string;
  /** Why a credential was not accepted. */
  readonly rejected?: 'unknown' | 'wrong-kind';
}

/** What every request of the site and the gateway carries. */
export interface RestEnv {
  Bindings: HttpBindings & { readonly identity: Identity; readonly tally: Tally };
}

/** What an answer says of itself, for those who charge for it. */
export interface Tally {
  /** Objects that it lists. */
  listed?: number;
}

/** What the REST handlers share. */
export interface Services {
  readonly database: Database;
  readonly now: () => number;
  readonly siteUrl: string;
  readonly cloudId: string;
  readonly media: MediaStore;
}
