/** Per method: classic scopes, then granular ones, each separated by spaces. */
export type V1Scopes = Readonly<
  Record<string, Readonly<Record<string, readonly [string, string]>>>
>;

const CONTENT_READ = ['read:confluence-content.all', 'read:content-details:confluence'] as const;
const SUMMARY_READ = [
  'read:confluence-content.summary',
  'read:content-details:confluence',
] as const;
const CONTENT_WRITE = ['write:confluence-content', 'write:content:confluence'] as const;
const CONTENT_DELETE = ['write:confluence-content', 'delete:content:confluence'] as const;
const FILE_WRITE = ['write:confluence-file', 'write:attachment:confluence'] as const;
const LABEL_READ = ['read:confluence-content.summary', 'read:label:confluence'] as const;
const LABEL_WRITE = ['write:confluence-content', 'write:label:confluence'] as const;
const PROPERTY_READ = ['read:confluence-props', 'read:content.property:confluence'] as const;
const PROPERTY_WRITE = ['write:confluence-props', 'write:content.property:confluence'] as const;
const RESTRICTION_READ = [
  'read:confluence-content.all',
  'read:content.restriction:confluence',
] as const;
const RESTRICTION_WRITE = [
  'write:confluence-content',
  'write:content.restriction:confluence',
] as const;
const USER_READ = ['read:confluence-user', 'read:content-details:confluence'] as const;
const GROUP_READ = ['read:confluence-groups', 'read:group:confluence'] as const;
const SEARCH = ['search:confluence', 'read:content-details:confluence'] as const;
const SPACE_READ = ['read:confluence-space.summary', 'read:space:confluence'] as const;
const SPACE_WRITE = ['write:confluence-space', 'write:space:confluence'] as const;

/**
 * What v1 wants. Sources: Atlassian's "The Confluence Cloud REST API" (v1), the scopes of each
 * operation, and "Confluence scopes for OAuth 2.0 (3LO) and Forge apps"; for the listings below
 * `child`, which the reference leaves out, what tokens were seen to need.
 */
export const V1_SCOPES: V1Scopes = {
  '/wiki/rest/api/audit': { GET: ['', 'read:audit-log:confluence'] },
  '/wiki/rest/api/content': { GET: SUMMARY_READ, POST: CONTENT_WRITE },
  '/wiki/rest/api/content/search': { GET: SEARCH },
  '/wiki/rest/api/content/{}': { GET: CONTENT_READ, PUT: CONTENT_WRITE, DELETE: CONTENT_DELETE },
  '/wiki/rest/api/content/{}/child': { GET: SUMMARY_READ },
  '/wiki/rest/api/content/{}/child/attachment': {
    GET: SUMMARY_READ,
    POST: FILE_WRITE,
    PUT: FILE_WRITE,
  },
  '/wiki/rest/api/content/{}/child/attachment/{}/data': { POST: FILE_WRITE },
  '/wiki/rest/api/content/{}/child/attachment/{}/download': {
    GET: ['readonly:content.attachment:confluence', 'read:attachment:confluence'],
  },
  '/wiki/rest/api/content/{}/child/{}': { GET: SUMMARY_READ },
  '/wiki/rest/api/content/{}/descendant': { GET: SUMMARY_READ },
  '/wiki/rest/api/content/{}/descendant/{}': { GET: SUMMARY_READ },
  '/wiki/rest/api/content/{}/label': { GET: LABEL_READ, POST: LABEL_WRITE, DELETE: LABEL_WRITE },
  '/wiki/rest/api/content/{}/label/{}': { DELETE: LABEL_WRITE },
  '/wiki/rest/api/content/{}/permission/check': {
    POST: ['read:confluence-content.permission', 'read:content.permission:confluence'],
  },
  '/wiki/rest/api/content/{}/property': { GET: PROPERTY_READ, POST: PROPERTY_WRITE },
  '/wiki/rest/api/content/{}/property/{}': {
    GET: PROPERTY_READ,
    POST: PROPERTY_WRITE,
    PUT: PROPERTY_WRITE,
    DELETE: PROPERTY_WRITE,
  },
  '/wiki/rest/api/content/{}/restriction': {
    GET: RESTRICTION_READ,
    POST: RESTRICTION_WRITE,
    PUT: RESTRICTION_WRITE,
    DELETE: RESTRICTION_WRITE,
  },
  '/wiki/rest/api/group': { GET: GROUP_READ },
  '/wiki/rest/api/longtask': { GET: ['', 'read:content.metadata:confluence'] },
  '/wiki/rest/api/longtask/{}': { GET: ['', 'read:content.metadata:confluence'] },
  '/wiki/rest/api/search': { GET: SEARCH },
  '/wiki/rest/api/search/user': { GET: SEARCH },
  '/wiki/rest/api/space': { GET: SPACE_READ, POST: SPACE_WRITE },
  '/wiki/rest/api/space/{}': {
    GET: SPACE_READ,
    PUT: SPACE_WRITE,
    DELETE: ['write:confluence-space', 'delete:space:confluence'],
  },
  '/wiki/rest/api/user': { GET: USER_READ },
  '/wiki/rest/api/user/bulk': { GET: USER_READ },
  '/wiki/rest/api/user/current': { GET: USER_READ },
};
