import type { Database } from '../database.js';
import { keyset, keysetParameters, type Window } from './keyset.js';

export interface LabelRow {
  readonly id: number;
  readonly prefix: string;
  readonly name: string;
}

const ofPage = `SELECT l.* FROM labels l JOIN page_labels x ON x.label_id = l.id WHERE x.page_id = :page`;

export function listLabels(database: Database, pageId: number, window: Window): LabelRow[] {
  const { where, tail } = keyset('l', window);
  return database.all<LabelRow>(`${ofPage} AND ${where} ${tail}`, {
    page: pageId,
    ...keysetParameters(window),
  });
}

export const allLabels = (database: Database, pageId: number): LabelRow[] =>
  database.all<LabelRow>(`${ofPage} ORDER BY l.id`, { page: pageId });

export function addLabel(database: Database, pageId: number, prefix: string, name: string): void {
  database.run(`INSERT OR IGNORE INTO labels (prefix, name) VALUES (:prefix, :name)`, {
    prefix,
    name,
  });
  database.run(
    `INSERT OR IGNORE INTO page_labels SELECT :page, id FROM labels WHERE prefix = :prefix AND name = :name`,
    { page: pageId, prefix, name },
  );
}

export function removeLabel(database: Database, pageId: number, name: string): void {
  database.run(
    `DELETE FROM page_labels WHERE page_id = :page AND label_id IN (SELECT id FROM labels WHERE name = :name)`,
    { page: pageId, name },
  );
}
