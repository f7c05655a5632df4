import type { ForgeManifest } from './manifest.js';

/**
 * The manifest's scopes that an OAuth app may ask its users for: those of products, without Forge's own such
 * as `storage:app`. `read:me` is there too, which tells whose account it is.
 */
export const oauthScopes = ({
  permissions,
}: Pick<ForgeManifest, 'permissions'>): readonly string[] => [
  ...new Set([
    'read:me',
    ...permissions.scopes.filter((scope) => /[:-](?:confluence|jira)(?:[-:]|$)/.test(scope)),
  ]),
];
