import type { Site } from '../call/site.js';

/** The app's own signed-in user, from a verified source: a session, an invocation token, a terminal. */
export interface InvokingUser {
  /** Stable, in the app's own terms. */
  readonly id: string;
  /** The Atlassian account, where the source vouches for it. */
  readonly accountId?: string;
}

/** One run of an app's handler: who invoked it, from where, and what it turned out to need. */
export interface Invocation {
  readonly id: string;
  /** Where it came from; a personal credential may not serve `web` and `forge`. */
  readonly surface: 'terminal' | 'web' | 'forge' | 'background';
  /** Whether somebody is there to be asked. */
  readonly interactive: boolean;
  readonly user?: InvokingUser;
  /** The site that it is about, where its verified source says so; its calls go there. */
  readonly site?: Site;
  /** The installation that it belongs to (Forge), from the verified source. */
  readonly installationId?: string;
  /** 1 for the first run; the handler is run again after each consent. */
  readonly run: number;
  /** Remembers an error that passed the consent slot on behalf of this invocation. */
  note(error: object): void;
  hasNoted(error: unknown): boolean;
}
