/** Scopes the seeded client may ask for, and what the consent page says about each. */
export const scopeWords: Readonly<Record<string, string>> = {
  offline_access: 'Stay connected while you are away',
  'read:me': 'See your name and email address',
  'read:confluence-user': 'See who you are in Confluence',
  'read:confluence-content.all': 'Read all content you can read',
  'read:confluence-content.summary': 'Read titles and labels of the content you can read',
  'read:confluence-content.permission': 'Check what you may do with a page',
  'write:confluence-content': 'Change content, comments and labels as you',
  'search:confluence': 'Search Confluence as you',
  'read:confluence-space.summary': 'See the spaces you can see',
  'read:page:confluence': 'Read the pages you can read',
  'write:page:confluence': 'Create and change pages as you',
  'delete:page:confluence': 'Delete pages as you',
  'read:space:confluence': 'See the spaces you can see',
  'read:comment:confluence': 'Read comments',
  'write:comment:confluence': 'Add comments as you',
  'read:label:confluence': 'See labels',
  'write:label:confluence': 'Add and remove labels as you',
  'read:content-details:confluence': 'See details of content and people',
  'read:content.permission:confluence': 'Check what you may do with a page',
  'read:audit-log:confluence': 'Read the audit log, if you are an administrator',
};

export const knownScopes: readonly string[] = Object.keys(scopeWords);
