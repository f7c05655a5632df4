/**
 * What a person is told of a scope: what the app may then do as them, so that each line can follow
 * "the app will be able to". Meant as Atlassian's "Confluence scopes for OAuth 2.0 (3LO) and Forge
 * apps" and "OAuth 2.0 provider API" (Data Center) mean them.
 */
const WORDS: Readonly<Record<string, string>> = {
  offline_access: 'stay connected while you are away',
  'read:me': 'see your name, picture and email address',
  'read:account': 'see your account',

  'read:confluence-user': 'see who you are in Confluence, and other people there',
  'read:confluence-groups': 'see groups of people',
  'read:confluence-content.all': 'read all content that you can read',
  'read:confluence-content.summary':
    'see titles, labels and dates of the content that you can read',
  'read:confluence-content.permission': 'check what you may do with a page',
  'read:confluence-props': 'read data that apps keep with content',
  'read:confluence-space.summary': 'see the spaces that you can see',
  'write:confluence-content': 'create and change pages, comments and labels',
  'write:confluence-file': 'upload attachments',
  'write:confluence-props': 'change data that apps keep with content',
  'write:confluence-space': 'create and change spaces',
  'readonly:content.attachment:confluence': 'download attachments',
  'search:confluence': 'search Confluence',
  'manage:confluence-configuration': 'change the settings of Confluence',

  // Granular ones that a verb and a thing don't say well.
  'read:content.metadata:confluence': 'see how long-running tasks go on',
  'read:content.permission:confluence': 'check what you may do with a page',
  'read:content.restriction:confluence': 'see who may see and edit a page',
  'write:content.restriction:confluence': 'change who may see and edit a page',
  'read:hierarchical-content:confluence': 'see how pages and folders are arranged',

  READ: 'read what you can read',
  WRITE: 'change what you can change',
  ADMIN: 'administer what you can administer',
  SYSTEM_ADMIN: 'administer the whole site, as far as you may',
};

/** Granular scopes, `verb:thing:confluence`; the verb's words stand before the thing's. */
const VERBS: Readonly<Record<string, string>> = {
  read: 'read',
  write: 'create and change',
  delete: 'delete',
};

const THINGS: Readonly<Record<string, string>> = {
  attachment: 'attachments',
  'audit-log': 'the audit log, if you are an administrator',
  comment: 'comments',
  content: 'content of every kind',
  'content-details': 'details of content and people',
  'content.property': 'data that apps keep with content',
  'custom-content': 'content of other apps',
  database: 'databases',
  embed: 'embedded links',
  folder: 'folders',
  group: 'groups of people',
  label: 'labels',
  page: 'pages and blog posts',
  'page.property': 'data that apps keep with pages',
  space: 'spaces',
  task: 'tasks',
  user: 'names and pictures of people',
  whiteboard: 'whiteboards',
};

const GRANULAR = /^([a-z]+):([a-z][a-z.-]*):confluence$/;

const own = (table: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/**
 * What the app may do with a scope, in plain words that begin in lower case: `read pages and blog
 * posts`. `undefined` for one that we don't know; its name is then all there is to show.
 */
export const scopeWords = (scope: string): string | undefined => {
  const known = own(WORDS, scope);
  if (known !== undefined) return known;
  const [, verb = '', thing = ''] = GRANULAR.exec(scope) ?? [];
  const [does, what] = [own(VERBS, verb), own(THINGS, thing)];
  return does === undefined || what === undefined ? undefined : `${does} ${what}`;
};
