import type { Outcome } from './limiter.js';

/** Pages, spaces and attachments: 1 point for each that is read. */
const core: ReadonlySet<string> = new Set([
  '/api/v2/pages',
  '/api/v2/pages/{}',
  '/api/v2/spaces',
  '/api/v2/spaces/{}',
  '/api/v2/spaces/{}/pages',
  '/api/v2/pages/{}/attachments',
  '/api/v2/attachments/{}',
  '/rest/api/content/{}',
  '/rest/api/content/{}/child/attachment',
]);

/** Users, groups and permissions: 2 points for each that is read. */
const identity: ReadonlySet<string> = new Set(['/rest/api/user/current']);

const perObject = (endpoint: string): number =>
  core.has(endpoint) ? 1 : identity.has(endpoint) ? 2 : 0;

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

const isOne = (endpoint: string): boolean => endpoint.endsWith('/{}') || identity.has(endpoint);

/** What a request is sure to cost if it goes well: a write 1 point, a read 1 and what its object costs. */
export const leastPoints = (method: string, endpoint: string): number =>
  isRead(method) && isOne(endpoint) ? 1 + perObject(endpoint) : 1;

/** What it did cost; a list is charged by its length, what failed 1 point. */
export const actualPoints = (method: string, endpoint: string, outcome: Outcome): number => {
  const { isOk, listed = isOne(endpoint) ? 1 : 0 } = outcome;
  return isOk && isRead(method) ? 1 + listed * perObject(endpoint) : 1;
};
