export type Id = number | string;

export interface ProjectPermission {
  permissions: string[];
  issues?: Id[];
  projects?: Id[];
}

export interface ProjectPermissionResponse {
  permission: string;
  issues?: number[];
  projects?: number[];
}

/** Forge's names of checks, with Jira's of permissions. */
export const ISSUE_CHECKS = {
  canAssign: 'ASSIGN_ISSUES',
  canCreate: 'CREATE_ISSUES',
  canEdit: 'EDIT_ISSUES',
  canMove: 'MOVE_ISSUES',
  canDelete: 'DELETE_ISSUES',
  canAddComments: 'ADD_COMMENTS',
  canEditAllComments: 'EDIT_ALL_COMMENTS',
  canDeleteAllComments: 'DELETE_ALL_COMMENTS',
  canCreateAttachments: 'CREATE_ATTACHMENTS',
  canDeleteAllAttachments: 'DELETE_ALL_ATTACHMENTS',
};

/** The same of a whole project; those of issues say so. */
export const PROJECT_CHECKS = {
  canAssignIssues: 'ASSIGN_ISSUES',
  canCreateIssues: 'CREATE_ISSUES',
  canEditIssues: 'EDIT_ISSUES',
  canMoveIssues: 'MOVE_ISSUES',
  canDeleteIssues: 'DELETE_ISSUES',
  canAddComments: 'ADD_COMMENTS',
  canEditAllComments: 'EDIT_ALL_COMMENTS',
  canDeleteAllComments: 'DELETE_ALL_COMMENTS',
  canCreateAttachments: 'CREATE_ATTACHMENTS',
  canDeleteAllAttachments: 'DELETE_ALL_ATTACHMENTS',
};

/** Jira's answer to "Get permitted projects" and "Check permissions" (REST v3). */
export interface JiraAnswer {
  readonly projectPermissions?: readonly ProjectPermissionResponse[];
}

/**
 * Whether all of `ids` have the permission, and Jira names no other. Nothing asked is nothing refused, as in Forge.
 * @throws TypeError where the answer is none
 */
export const areAllPermitted = (
  answer: JiraAnswer,
  permission: string,
  kind: 'projects' | 'issues',
  ids: readonly Id[],
): boolean => {
  if (ids.length === 0) return true;
  if (answer.projectPermissions === undefined) {
    throw new TypeError(
      'The permission check of Jira got no answer; treat it as unknown, not as no.',
    );
  }
  const found = answer.projectPermissions.find((one) => one.permission === permission)?.[kind];
  return found !== undefined && asText(found) === asText(ids);
};

/** The same for the same ids, in any order, as numbers or text. */
const asText = (ids: readonly Id[]): string => JSON.stringify(ids.map(String).sort());
