import { DatabaseSync } from 'node:sqlite';

/** How much somebody may do in a space; a higher level includes the lower ones. */
export const level = { read: 1, edit: 2, administer: 3 } as const;

/** The subject of a space right that everybody has, logged in or not. */
export const anyone = 'anonymous';

const schema = `
  CREATE TABLE spaces (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, description TEXT NOT NULL,
    homepage_id INTEGER NOT NULL, author_id TEXT NOT NULL, created_at INTEGER NOT NULL
  );
  CREATE TABLE space_rights (
    space_id INTEGER NOT NULL REFERENCES spaces (id), subject TEXT NOT NULL, level INTEGER NOT NULL,
    PRIMARY KEY (space_id, subject)
  );
  CREATE TABLE pages (
    id INTEGER PRIMARY KEY, space_id INTEGER NOT NULL REFERENCES spaces (id),
    parent_id INTEGER REFERENCES pages (id), position INTEGER NOT NULL, title TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'current', body TEXT NOT NULL, author_id TEXT NOT NULL,
    created_at INTEGER NOT NULL, version INTEGER NOT NULL, version_message TEXT NOT NULL DEFAULT '',
    modified_at INTEGER NOT NULL, modified_by TEXT NOT NULL
  );
  CREATE UNIQUE INDEX page_titles ON pages (space_id, title) WHERE status = 'current';
  CREATE INDEX page_parents ON pages (parent_id);
  CREATE TABLE restrictions (
    page_id INTEGER NOT NULL REFERENCES pages (id), operation TEXT NOT NULL, account_id TEXT NOT NULL,
    PRIMARY KEY (page_id, operation, account_id)
  );
  CREATE TABLE comments (
    id INTEGER PRIMARY KEY, page_id INTEGER NOT NULL REFERENCES pages (id),
    parent_id INTEGER REFERENCES comments (id), body TEXT NOT NULL, author_id TEXT NOT NULL,
    created_at INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1
  );
  CREATE INDEX comment_pages ON comments (page_id);
  CREATE TABLE labels (id INTEGER PRIMARY KEY, prefix TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (prefix, name));
  CREATE TABLE page_labels (
    page_id INTEGER NOT NULL REFERENCES pages (id), label_id INTEGER NOT NULL REFERENCES labels (id),
    PRIMARY KEY (page_id, label_id)
  );
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY, created_at INTEGER NOT NULL, author_id TEXT NOT NULL, category TEXT NOT NULL,
    summary TEXT NOT NULL, object_name TEXT NOT NULL, object_type TEXT NOT NULL
  );
  CREATE TABLE attachments (
    id INTEGER PRIMARY KEY, page_id INTEGER NOT NULL REFERENCES pages (id), title TEXT NOT NULL,
    UNIQUE (page_id, title)
  );
  CREATE TABLE attachment_versions (
    attachment_id INTEGER NOT NULL REFERENCES attachments (id), version INTEGER NOT NULL,
    media_id TEXT NOT NULL, media_type TEXT NOT NULL, size INTEGER NOT NULL, comment TEXT NOT NULL,
    minor_edit INTEGER NOT NULL, author_id TEXT NOT NULL, created_at INTEGER NOT NULL,
    PRIMARY KEY (attachment_id, version)
  );
  CREATE TABLE long_tasks (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, account_id TEXT NOT NULL, looks INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  );
`;

/** A value SQLite gives back from the columns above. */
export type Column = string | number | null;

export type Parameters = Readonly<Record<string, Column>>;

/** The tables of one sandbox, in memory. */
export class Database {
  readonly #sqlite = new DatabaseSync(':memory:');
  readonly #statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();

  constructor() {
    this.#sqlite.exec(schema);
  }

  /** All rows; the caller names the row's shape, since the SQL beside it decides it. */
  all<Row>(sql: string, parameters: Parameters = {}): Row[] {
    return this.#prepare(sql).all(parameters) as Row[];
  }

  get<Row>(sql: string, parameters: Parameters = {}): Row | undefined {
    return this.#prepare(sql).get(parameters) as Row | undefined;
  }

  /** Runs a change and gives the row id of an insert. */
  run(sql: string, parameters: Parameters = {}): number {
    return Number(this.#prepare(sql).run(parameters).lastInsertRowid);
  }

  /** All or nothing. */
  atomically<T>(work: () => T): T {
    this.#sqlite.exec('BEGIN');
    try {
      const result = work();
      this.#sqlite.exec('COMMIT');
      return result;
    } catch (error) {
      this.#sqlite.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#sqlite.close();
  }

  // Preparing is most of the cost of a small query.
  #prepare(sql: string): ReturnType<DatabaseSync['prepare']> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#sqlite.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
