import { isAllowed, type Operation, type Viewer } from '../store/access.js';
import { findPage, type PageRow } from '../store/pages.js';
import type { Services } from './env.js';
import { Problem } from './problem.js';

/** A page the viewer may see. What may not be seen isn't there: 404, not 403. */
export function requirePage(services: Services, viewer: Viewer, id: number): PageRow {
  const page = findPage(services.database, viewer, id);
  if (page === undefined) throw new Problem(404, 'Not Found');
  return page;
}

/** A page that stands in the wiki, not in the bin. */
export function requireCurrentPage(services: Services, viewer: Viewer, id: number): PageRow {
  const page = requirePage(services, viewer, id);
  hiddenWhenTrashed(page, ['current']);
  return page;
}

export function hiddenWhenTrashed(page: PageRow, statuses: readonly string[]): void {
  if (!statuses.includes(page.status)) throw new Problem(404, 'Not Found');
}

/** A page the viewer sees but may not change is 403: it can't be hidden any more. */
export function requireRight(
  services: Services,
  viewer: Viewer,
  page: PageRow,
  operation: Exclude<Operation, 'read'>,
): void {
  if (!isAllowed(services.database, viewer, page, operation)) {
    throw new Problem(403, `User does not have permission to ${operation} this content`);
  }
}
