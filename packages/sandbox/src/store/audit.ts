import type { Database } from '../database.js';

export interface AuditRow {
  readonly id: number;
  readonly created_at: number;
  readonly author_id: string;
  readonly category: string;
  readonly summary: string;
  readonly object_name: string;
  readonly object_type: string;
}

export interface AuditFilter {
  readonly from: number;
  readonly to: number;
  readonly search: string;
  readonly start: number;
  readonly limit: number;
}

/** Newest first, one row more than asked for. */
export const listAudit = (database: Database, filter: AuditFilter): AuditRow[] =>
  database.all<AuditRow>(
    `SELECT * FROM audit WHERE created_at BETWEEN :from AND :to
       AND (:search = '' OR instr(lower(summary || ' ' || object_name), lower(:search)) > 0)
     ORDER BY created_at DESC, id DESC LIMIT :limit OFFSET :start`,
    { ...filter, limit: filter.limit + 1 },
  );

export interface AuditEntry {
  readonly now: number;
  readonly authorId: string;
  readonly summary: string;
  readonly name: string;
}

/** Writes down what somebody did to a page. */
export function recordPageEvent(database: Database, entry: AuditEntry): void {
  database.run(
    `INSERT INTO audit (created_at, author_id, category, summary, object_name, object_type)
     VALUES (:now, :author, 'Pages', :summary, :name, 'Page')`,
    { now: entry.now, author: entry.authorId, summary: entry.summary, name: entry.name },
  );
}
