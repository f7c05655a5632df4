/**
 * What took the place of v1. Sources: Atlassian's "RFC-19: Deprecation of Confluence Cloud REST API v1
 * Endpoints" and "The Confluence Cloud REST API v2". What is not listed has no v2 counterpart that we
 * know of: attachment upload, search by CQL, restrictions, permission checks, changing labels.
 */
export const V2_SUCCESSORS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/wiki/rest/api/content': {
    GET: 'GET /wiki/api/v2/pages (or /blogposts, /custom-content)',
    POST: 'POST /wiki/api/v2/pages (or /blogposts, /footer-comments, /custom-content)',
  },
  '/wiki/rest/api/content/{}': {
    GET: 'GET /wiki/api/v2/pages/{} (or /blogposts/{}, /attachments/{}, /footer-comments/{})',
    PUT: 'PUT /wiki/api/v2/pages/{} (or /blogposts/{}, /footer-comments/{})',
    DELETE: 'DELETE /wiki/api/v2/pages/{} (or /blogposts/{}, /attachments/{}, /footer-comments/{})',
  },
  '/wiki/rest/api/content/{}/child': { GET: 'GET /wiki/api/v2/pages/{}/direct-children' },
  '/wiki/rest/api/content/{}/child/attachment': { GET: 'GET /wiki/api/v2/pages/{}/attachments' },
  '/wiki/rest/api/content/{}/child/comment': {
    GET: 'GET /wiki/api/v2/pages/{}/footer-comments and /inline-comments',
  },
  '/wiki/rest/api/content/{}/child/page': { GET: 'GET /wiki/api/v2/pages/{}/direct-children' },
  '/wiki/rest/api/content/{}/descendant': { GET: 'GET /wiki/api/v2/pages/{}/descendants' },
  '/wiki/rest/api/content/{}/descendant/{}': { GET: 'GET /wiki/api/v2/pages/{}/descendants' },
  '/wiki/rest/api/content/{}/history': { GET: 'GET /wiki/api/v2/pages/{}/versions' },
  '/wiki/rest/api/content/{}/label': { GET: 'GET /wiki/api/v2/pages/{}/labels' },
  '/wiki/rest/api/content/{}/property': {
    GET: 'GET /wiki/api/v2/pages/{}/properties',
    POST: 'POST /wiki/api/v2/pages/{}/properties',
  },
  '/wiki/rest/api/content/{}/property/{}': {
    GET: 'GET /wiki/api/v2/pages/{}/properties?key={}',
    PUT: 'PUT /wiki/api/v2/pages/{}/properties/{}',
    DELETE: 'DELETE /wiki/api/v2/pages/{}/properties/{}',
  },
  '/wiki/rest/api/content/{}/version': { GET: 'GET /wiki/api/v2/pages/{}/versions' },
  '/wiki/rest/api/content/{}/version/{}': { GET: 'GET /wiki/api/v2/pages/{}/versions/{}' },
  '/wiki/rest/api/inlinetasks/search': { GET: 'GET /wiki/api/v2/tasks' },
  '/wiki/rest/api/inlinetasks/{}': {
    GET: 'GET /wiki/api/v2/tasks/{}',
    PUT: 'PUT /wiki/api/v2/tasks/{}',
  },
  '/wiki/rest/api/space': { GET: 'GET /wiki/api/v2/spaces' },
  '/wiki/rest/api/space/{}': { GET: 'GET /wiki/api/v2/spaces?keys={}' },
  '/wiki/rest/api/space/{}/content': { GET: 'GET /wiki/api/v2/spaces/{}/pages' },
  '/wiki/rest/api/space/{}/content/{}': { GET: 'GET /wiki/api/v2/spaces/{}/pages' },
  '/wiki/rest/api/space/{}/property': {
    GET: 'GET /wiki/api/v2/spaces/{}/properties',
    POST: 'POST /wiki/api/v2/spaces/{}/properties',
  },
  '/wiki/rest/api/space/{}/property/{}': {
    GET: 'GET /wiki/api/v2/spaces/{}/properties?key={}',
    PUT: 'PUT /wiki/api/v2/spaces/{}/properties/{}',
    DELETE: 'DELETE /wiki/api/v2/spaces/{}/properties/{}',
  },
};
