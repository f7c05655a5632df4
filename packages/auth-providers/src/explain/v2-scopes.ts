const PAGE = 'read:page:confluence';
const PAGE_WRITE = 'write:page:confluence';
const PAGE_DELETE = 'delete:page:confluence';
const PAGE_BOTH = `${PAGE} ${PAGE_WRITE}`;
const SPACE = 'read:space:confluence';
const SPACE_WRITE = 'write:space:confluence';
const SPACE_BOTH = `${SPACE} ${SPACE_WRITE}`;
const ATTACHMENT = 'read:attachment:confluence';
const ATTACHMENT_WRITE = 'read:attachment:confluence write:attachment:confluence';
const COMMENT = 'read:comment:confluence';
const COMMENT_WRITE = 'write:comment:confluence';
const COMMENT_DELETE = 'delete:comment:confluence';
const COMMENT_BOTH = `${COMMENT} ${COMMENT_WRITE}`;
const CUSTOM = 'read:custom-content:confluence';
const CUSTOM_WRITE = 'write:custom-content:confluence';
const TREE = 'read:hierarchical-content:confluence';

/**
 * What v2 wants: granular scopes only, per method, separated by spaces. Source: Atlassian's "The
 * Confluence Cloud REST API v2", the scopes of each operation. Blog posts go by the scopes of pages,
 * and labels, versions and properties by those of what they belong to.
 */
export const V2_SCOPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/wiki/api/v2/attachments': { GET: ATTACHMENT },
  '/wiki/api/v2/attachments/{}': { GET: ATTACHMENT, DELETE: 'delete:attachment:confluence' },
  '/wiki/api/v2/attachments/{}/footer-comments': { GET: COMMENT },
  '/wiki/api/v2/attachments/{}/labels': { GET: ATTACHMENT },
  '/wiki/api/v2/attachments/{}/properties': { GET: ATTACHMENT, POST: ATTACHMENT_WRITE },
  '/wiki/api/v2/attachments/{}/properties/{}': {
    GET: ATTACHMENT,
    PUT: ATTACHMENT_WRITE,
    DELETE: ATTACHMENT_WRITE,
  },
  '/wiki/api/v2/attachments/{}/versions': { GET: ATTACHMENT },
  '/wiki/api/v2/attachments/{}/versions/{}': { GET: ATTACHMENT },
  '/wiki/api/v2/blogposts': { GET: PAGE, POST: PAGE_WRITE },
  '/wiki/api/v2/blogposts/{}': { GET: PAGE, PUT: PAGE_WRITE, DELETE: PAGE_DELETE },
  '/wiki/api/v2/blogposts/{}/attachments': { GET: ATTACHMENT },
  '/wiki/api/v2/blogposts/{}/footer-comments': { GET: COMMENT },
  '/wiki/api/v2/blogposts/{}/inline-comments': { GET: COMMENT },
  '/wiki/api/v2/blogposts/{}/labels': { GET: PAGE },
  '/wiki/api/v2/blogposts/{}/properties': { GET: PAGE, POST: PAGE_BOTH },
  '/wiki/api/v2/blogposts/{}/properties/{}': { GET: PAGE, PUT: PAGE_BOTH, DELETE: PAGE_BOTH },
  '/wiki/api/v2/blogposts/{}/versions': { GET: PAGE },
  '/wiki/api/v2/blogposts/{}/versions/{}': { GET: PAGE },
  '/wiki/api/v2/custom-content': { GET: CUSTOM, POST: CUSTOM_WRITE },
  '/wiki/api/v2/custom-content/{}': {
    GET: CUSTOM,
    PUT: CUSTOM_WRITE,
    DELETE: 'delete:custom-content:confluence',
  },
  '/wiki/api/v2/databases': { POST: 'write:database:confluence' },
  '/wiki/api/v2/databases/{}': {
    GET: 'read:database:confluence',
    DELETE: 'delete:database:confluence',
  },
  '/wiki/api/v2/embeds': { POST: 'write:embed:confluence' },
  '/wiki/api/v2/embeds/{}': { GET: 'read:embed:confluence', DELETE: 'delete:embed:confluence' },
  '/wiki/api/v2/folders': { POST: 'write:folder:confluence' },
  '/wiki/api/v2/folders/{}': { GET: 'read:folder:confluence', DELETE: 'delete:folder:confluence' },
  '/wiki/api/v2/folders/{}/direct-children': { GET: TREE },
  '/wiki/api/v2/footer-comments': { GET: COMMENT, POST: COMMENT_WRITE },
  '/wiki/api/v2/footer-comments/{}': {
    GET: COMMENT,
    PUT: COMMENT_WRITE,
    DELETE: COMMENT_DELETE,
  },
  '/wiki/api/v2/footer-comments/{}/children': { GET: COMMENT },
  '/wiki/api/v2/inline-comments': { GET: COMMENT, POST: COMMENT_WRITE },
  '/wiki/api/v2/inline-comments/{}': {
    GET: COMMENT,
    PUT: COMMENT_WRITE,
    DELETE: COMMENT_DELETE,
  },
  '/wiki/api/v2/inline-comments/{}/children': { GET: COMMENT },
  '/wiki/api/v2/comments/{}/properties': { GET: COMMENT, POST: COMMENT_BOTH },
  '/wiki/api/v2/comments/{}/properties/{}': {
    GET: COMMENT,
    PUT: COMMENT_BOTH,
    DELETE: COMMENT_BOTH,
  },
  '/wiki/api/v2/labels/{}/pages': { GET: PAGE },
  '/wiki/api/v2/labels/{}/blogposts': { GET: PAGE },
  '/wiki/api/v2/pages': { GET: PAGE, POST: PAGE_WRITE },
  '/wiki/api/v2/pages/{}': { GET: PAGE, PUT: PAGE_WRITE, DELETE: PAGE_DELETE },
  '/wiki/api/v2/pages/{}/attachments': { GET: ATTACHMENT },
  '/wiki/api/v2/pages/{}/children': { GET: PAGE },
  '/wiki/api/v2/pages/{}/custom-content': { GET: CUSTOM },
  '/wiki/api/v2/pages/{}/descendants': { GET: TREE },
  '/wiki/api/v2/pages/{}/direct-children': { GET: TREE },
  '/wiki/api/v2/pages/{}/footer-comments': { GET: COMMENT },
  '/wiki/api/v2/pages/{}/inline-comments': { GET: COMMENT },
  '/wiki/api/v2/pages/{}/labels': { GET: PAGE },
  '/wiki/api/v2/pages/{}/properties': { GET: PAGE, POST: PAGE_BOTH },
  '/wiki/api/v2/pages/{}/properties/{}': { GET: PAGE, PUT: PAGE_BOTH, DELETE: PAGE_BOTH },
  '/wiki/api/v2/pages/{}/title': { PUT: PAGE_WRITE },
  '/wiki/api/v2/pages/{}/versions': { GET: PAGE },
  '/wiki/api/v2/pages/{}/versions/{}': { GET: PAGE },
  '/wiki/api/v2/spaces': { GET: SPACE, POST: SPACE_WRITE },
  '/wiki/api/v2/spaces/{}': { GET: SPACE },
  '/wiki/api/v2/spaces/{}/blogposts': { GET: PAGE },
  '/wiki/api/v2/spaces/{}/labels': { GET: SPACE },
  '/wiki/api/v2/spaces/{}/pages': { GET: PAGE },
  '/wiki/api/v2/spaces/{}/permissions': { GET: SPACE },
  '/wiki/api/v2/spaces/{}/properties': { GET: SPACE, POST: SPACE_BOTH },
  '/wiki/api/v2/spaces/{}/properties/{}': { GET: SPACE, PUT: SPACE_BOTH, DELETE: SPACE_BOTH },
  '/wiki/api/v2/tasks': { GET: 'read:task:confluence' },
  '/wiki/api/v2/tasks/{}': { GET: 'read:task:confluence', PUT: 'write:task:confluence' },
  '/wiki/api/v2/whiteboards': { POST: 'write:whiteboard:confluence' },
  '/wiki/api/v2/whiteboards/{}': {
    GET: 'read:whiteboard:confluence',
    DELETE: 'delete:whiteboard:confluence',
  },
};
