import type { Database } from '../database.js';
import { type Viewer, viewerParameters, visibleSpaces } from './access.js';
import { keyset, keysetParameters, type Window } from './keyset.js';

export interface SpaceRow {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly homepage_id: number;
  readonly author_id: string;
  readonly created_at: number;
}

export interface SpaceFilter {
  readonly ids?: readonly number[];
  readonly keys?: readonly string[];
}

export function listSpaces(
  database: Database,
  viewer: Viewer,
  filter: SpaceFilter,
  window: Window,
): SpaceRow[] {
  const { where, tail } = keyset('s', window);
  return database.all<SpaceRow>(
    `SELECT s.* FROM spaces s WHERE s.id IN (${visibleSpaces})
       AND (:ids IS NULL OR s.id IN (SELECT value FROM json_each(:ids)))
       AND (:keys IS NULL OR s.key IN (SELECT value FROM json_each(:keys)))
       AND ${where} ${tail}`,
    {
      ...viewerParameters(viewer),
      ...keysetParameters(window),
      ids: filter.ids ? JSON.stringify(filter.ids) : null,
      keys: filter.keys ? JSON.stringify(filter.keys) : null,
    },
  );
}

/** A space the viewer may see. */
export const findSpace = (database: Database, viewer: Viewer, id: number): SpaceRow | undefined =>
  database.get<SpaceRow>(
    `SELECT s.* FROM spaces s WHERE s.id = :id AND s.id IN (${visibleSpaces})`,
    {
      ...viewerParameters(viewer),
      id,
    },
  );
