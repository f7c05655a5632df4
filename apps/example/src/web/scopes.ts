/** What the web face asks of a user: who they are, and to comment. */
export const SCOPES: readonly string[] = [
  'read:me',
  'read:confluence-user',
  'write:comment:confluence',
];
