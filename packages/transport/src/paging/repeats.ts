import { isRecord } from '../answers/read-json.js';
import { PagingLoopError } from './paging-loop-error.js';

const idOf = (item: unknown): unknown => {
  if (!isRecord(item)) return undefined;
  const { id } = isRecord(item.content) && item.id === undefined ? item.content : item;
  return id;
};

/** What a page holds, as far as it tells one page from another; undefined where that can't be told. */
const fingerprint = (items: readonly unknown[]): string | undefined => {
  const ids = items.map(idOf);
  // Items without ids may well be equal, such as two entries of a log.
  return items.length === 0 || ids.includes(undefined) ? undefined : JSON.stringify(ids);
};

/** Notices when a list goes round in circles: by where it leads, and by what it holds. */
export const watchRepeats = (template: string) => {
  const visited = new Set<string>();
  let previous: string | undefined;
  return {
    hasVisited: (path: string): boolean => visited.has(path),
    /**
     * Before a page is asked for.
     * @throws PagingLoopError when it was asked for already
     */
    visit(path: string): void {
      if (visited.has(path)) {
        throw new PagingLoopError('The link to the next page leads to one that was read already.', {
          template,
        });
      }
      visited.add(path);
    },
    /**
     * v1 search ignores `start`, and answers the same page for ever.
     * @throws PagingLoopError when the page holds the same as the one before
     */
    look(items: readonly unknown[]): void {
      const found = fingerprint(items);
      if (found !== undefined && found === previous) {
        throw new PagingLoopError(
          'The next page holds the same items as the one before: the endpoint ignores where to start.',
          { template },
        );
      }
      previous = found;
    },
  };
};
