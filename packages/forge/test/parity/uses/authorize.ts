import { type Api, json, type Use, type Uses } from './use.js';

const uses: Record<string, Use> = {
  'authorize() of nobody': {
    run: (api) => api.authorize(),
    runtime: ({ aaid: _, ...given }) => given,
  },
  'what authorize() has': {
    run: (api) => {
      const { onConfluenceContent, onJira, onJiraIssue, onJiraProject } = api.authorize();
      return [onConfluenceContent(1), typeof onJira, onJiraIssue(1), onJiraProject(1)];
    },
  },
  onJira: {
    run: (api) => api.authorize().onJira([{ permissions: ['BROWSE'], projects: [1] }]),
    answers: [json({ projectPermissions: [{ permission: 'BROWSE', projects: [1] }] })],
  },
  'onJira, no answer': { run: (api) => api.authorize().onJira([]), answers: [json({})] },
};

const jiraAnswer = (kind: string, ids: unknown, permission: string) =>
  json({ projectPermissions: [{ permission, [kind]: ids }] });

const check = (
  api: Api,
  on: 'onJiraIssue' | 'onJiraProject',
  ids: (string | number)[],
  name: string,
) => api.authorize()[on](ids)[name]?.();

for (const [on, kind, names] of [
  [
    'onJiraIssue',
    'issues',
    'canAssign canCreate canEdit canMove canDelete canAddComments canEditAllComments canDeleteAllComments canCreateAttachments canDeleteAllAttachments',
  ],
  [
    'onJiraProject',
    'projects',
    'canAssignIssues canCreateIssues canEditIssues canMoveIssues canDeleteIssues canAddComments canEditAllComments canDeleteAllComments canCreateAttachments canDeleteAllAttachments',
  ],
] as const) {
  for (const name of names.split(' ')) {
    uses[`${on}, ${name}`] = {
      run: (api) => check(api, on, [1], name),
      // Whatever was asked for, so that the yes depends on the name of the permission.
      answers: [
        jiraAnswer(kind, [1], name.startsWith('canMove') ? 'MOVE_ISSUES' : 'DELETE_ISSUES'),
      ],
    };
  }
  uses[`${on}, in another order`] = {
    run: (api) => check(api, on, ['2', 1], names.split(' ')[3] as string),
    answers: [jiraAnswer(kind, [1, 2], 'MOVE_ISSUES')],
  };
  uses[`${on}, not all`] = {
    run: (api) => check(api, on, [2, 1], names.split(' ')[3] as string),
    answers: [jiraAnswer(kind, [1], 'MOVE_ISSUES')],
  };
  uses[`${on}, none`] = { run: (api) => check(api, on, [], names.split(' ')[3] as string) };
  uses[`${on}, one id`] = {
    run: (api) => api.authorize()[on](7)[names.split(' ')[3] as string]?.(),
    answers: [jiraAnswer(kind, [7], 'MOVE_ISSUES')],
  };
}

for (const name of ['canRead', 'canUpdate', 'canDelete']) {
  for (const [answer, body] of Object.entries({
    yes: { hasPermission: true },
    no: { hasPermission: false },
    'a 404': { statusCode: 404 },
  })) {
    uses[`onConfluenceContent, ${name}, ${answer}`] = {
      run: (api) => api.authorize().onConfluenceContent('65538')[name]?.(),
      answers: [json(body, answer === 'a 404' ? 404 : 200)],
    };
  }
}
uses['onConfluenceContent, no JSON'] = {
  run: (api) => api.authorize().onConfluenceContent(1).canRead?.(),
  answers: [{ status: 502, body: '<html>' }],
};

export const AUTHORIZE_USES: Uses = uses;
