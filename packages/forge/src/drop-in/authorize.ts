import { currentRuntime } from './current-platform.js';
import { fetchApi } from './fetch-api.js';
import type { RequestProductMethod, Route } from './fetch-types.js';
import {
  areAllPermitted,
  type Id,
  ISSUE_CHECKS,
  type JiraAnswer,
  PROJECT_CHECKS,
  type ProjectPermission,
  type ProjectPermissionResponse,
} from './jira-checks.js';
import { route } from './route.js';

// biome-ignore lint/suspicious/noExplicitAny: as in Forge
export type PermissionCheck = (args?: any) => Promise<boolean | object>;
export type ContentId = string | number;

/** What the invoking user may do. Each check asks the product anew, as that user. */
export interface Authorize {
  readonly onJira: (
    projectPermissionsInput: ProjectPermission[],
  ) => Promise<ProjectPermissionResponse[]>;
  readonly onJiraProject: (projects: Id | Id[]) => Record<string, PermissionCheck>;
  readonly onJiraIssue: (issues: Id | Id[]) => Record<string, PermissionCheck>;
  readonly onConfluenceContent: (contentId: ContentId) => Record<string, PermissionCheck>;
}

const CONTENT_CHECKS = { canRead: 'read', canUpdate: 'update', canDelete: 'delete' };

// With the apostrophe that Forge's words have.
const NOBODY =
  'Couldn\u2019t find the accountId of the invoking user. This API can only be used inside user-invoked modules.';

const ask = async <T>(request: RequestProductMethod, path: Route, body: object): Promise<T> => {
  const response = await request(path, {
    method: 'post',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
};

/** One method for each permission of the table. */
const checksOf = (
  table: Readonly<Record<string, string>>,
  check: (permission: string) => Promise<boolean>,
): Record<string, PermissionCheck> =>
  Object.fromEntries(
    Object.entries(table).map(([name, permission]) => [name, () => check(permission)]),
  );

/**
 * What may the invoking user do? As in Forge, an answer that says nothing of it is a no.
 * @throws Error at once, in Forge's words, where nobody is invoking
 */
export const authorize = (): Authorize => {
  const accountId = currentRuntime().aaid;
  if (!accountId) throw new Error(NOBODY);

  const askJira = (projectPermissions: ProjectPermission[]) =>
    ask<JiraAnswer>(fetchApi.asUser().requestJira, route`/rest/api/3/permissions/check`, {
      accountId,
      projectPermissions,
    });

  const jiraChecks = (
    table: Readonly<Record<string, string>>,
    kind: 'projects' | 'issues',
    input: Id | Id[],
  ) => {
    const ids = Array.isArray(input) ? input : [input];
    return checksOf(table, async (permission) => {
      const answer = await askJira([{ permissions: [permission], [kind]: ids }]);
      return areAllPermitted(answer, permission, kind, ids);
    });
  };

  return {
    onConfluenceContent: (id) =>
      checksOf(CONTENT_CHECKS, async (operation) => {
        const answer = await ask<{ hasPermission?: unknown } | undefined>(
          fetchApi.asUser().requestConfluence,
          // Without /wiki, as Forge has it; the platform knows where the product's API is.
          route`/rest/api/content/${id}/permission/check`,
          { subject: { type: 'user', identifier: accountId }, operation },
        );
        return Boolean(answer?.hasPermission);
      }),
    onJira: async (permissions) => [...((await askJira(permissions)).projectPermissions ?? [])],
    onJiraProject: (projects) => jiraChecks(PROJECT_CHECKS, 'projects', projects),
    onJiraIssue: (issues) => jiraChecks(ISSUE_CHECKS, 'issues', issues),
  };
};
