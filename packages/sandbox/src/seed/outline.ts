import type { PersonName } from '../people.js';

/** What a section's pages look like; chooses the body template. */
export type Kind =
  | 'decision'
  | 'runbook'
  | 'service'
  | 'guide'
  | 'notes'
  | 'policy'
  | 'help'
  | 'release';

export interface Section {
  readonly title: string;
  readonly kind: Kind;
  readonly labels: readonly string[];
  readonly pages: readonly string[];
}

/** The table of contents of one space, and who may do what in it. */
export interface SpaceOutline {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly description: string;
  /** Rights by person; `anyone` is everybody, also without a log-in. */
  readonly rights: Readonly<
    Partial<Record<PersonName | 'service' | 'anyone', 'read' | 'edit' | 'administer'>>
  >;
  /** Titles that only these people may see (`read`) or change (`update`). */
  readonly restricted: Readonly<
    Record<string, Readonly<Partial<Record<'read' | 'update', readonly PersonName[]>>>>
  >;
  readonly sections: readonly Section[];
}
