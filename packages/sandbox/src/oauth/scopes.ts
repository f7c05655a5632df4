/** Scopes of Cloud, and what the consent page says about each. */
const cloudScopeWords: Readonly<Record<string, string>> = {
  offline_access: 'Stay connected while you are away',
  'read:me': 'See your name and email address',
  'read:confluence-user': 'See who you are in Confluence',
  'read:confluence-content.all': 'Read all content you can read',
  'read:confluence-content.summary': 'Read titles and labels of the content you can read',
  'read:confluence-content.permission': 'Check what you may do with a page',
  'write:confluence-content': 'Change content, comments and labels as you',
  'readonly:content.attachment:confluence': 'Download attachments',
  'write:confluence-file': 'Upload attachments as you',
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
  'read:attachment:confluence': 'Read and download attachments',
  'write:attachment:confluence': 'Upload attachments as you',
  'read:content.metadata:confluence': 'See how long-running tasks go on',
  'read:audit-log:confluence': 'Read the audit log, if you are an administrator',
};

/** Scopes of Data Center; each includes those before it. */
const dataCenterScopeWords: Readonly<Record<string, string>> = {
  READ: 'Read what you can read',
  WRITE: 'Change what you can change',
  ADMIN: 'Administer what you can administer',
  SYSTEM_ADMIN: 'Administer the whole site, if you may',
};

export const scopeWords: Readonly<Record<string, string>> = {
  ...cloudScopeWords,
  ...dataCenterScopeWords,
};

export const knownScopes: readonly string[] = Object.keys(cloudScopeWords);
export const dataCenterScopes: readonly string[] = Object.keys(dataCenterScopeWords);

/** What the service account's credential was created with; on Cloud no request names scopes. */
export const serviceScopes: readonly string[] = [
  'read:confluence-user',
  'read:confluence-content.summary',
  'read:page:confluence',
  'write:page:confluence',
  'read:space:confluence',
  'read:comment:confluence',
  'read:label:confluence',
  'write:label:confluence',
];
