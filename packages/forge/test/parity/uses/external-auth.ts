import { post, refused, type Uses } from './use.js';

export const EXTERNAL_AUTH_USES: Uses = {
  withProvider: { run: (api) => api.asUser().withProvider('drive') },
  'withProvider, unknown': { run: (api) => api.asUser().withProvider('nothing'), saysMore: true },
  'withProvider, nothing known': {
    run: (api) => api.asUser().withProvider('drive'),
    runtime: ({ externalAuth: _, ...given }) => given,
    saysMore: true,
  },
  'withProvider, no remotes': { run: (api) => api.asUser().withProvider('no-remotes') },
  'withProvider, a remote that is named': {
    run: (api) => api.asUser().withProvider('no-remotes', 'r').fetch('/x'),
  },
  'withProvider().fetch': {
    run: (api) => api.asUser().withProvider('drive').fetch('/files', post),
  },
  'withProvider().fetch of a Route': {
    run: (api) => api.asUser().withProvider('drive', 'drive-users').fetch(api.route`/users/${1}`),
  },
  'withProvider().fetch without consent': {
    run: (api) => api.asUser().withProvider('drive').fetch('/files'),
    answers: [refused('NEEDS_AUTHENTICATION_ERR', 401)],
  },
  'withProvider().fetch without account': {
    run: (api) => api.asUser().withProvider('unconnected').fetch('/files'),
  },
  'withProvider().fetch without account, remote named': {
    run: (api) => api.asUser().withProvider('unconnected', 'r').fetch('/files'),
  },
  'withProvider().hasCredentials': {
    run: (api) => api.asUser().withProvider('drive').hasCredentials(),
  },
  'withProvider().hasCredentials of scopes': {
    run: (api) =>
      Promise.all([
        api.asUser().withProvider('drive').hasCredentials(['files']),
        api.asUser().withProvider('drive').hasCredentials(['files', 'other']),
        api.asUser().withProvider('drive').asAccount('ben').hasCredentials(['files']),
        api.asUser().withProvider('unconnected').hasCredentials(),
      ]),
  },
  'withProvider().requestCredentials': {
    run: (api) => api.asUser().withProvider('drive').requestCredentials(['files']),
  },
  'withProvider().requestCredentials of an account': {
    run: (api) => api.asUser().withProvider('drive').asAccount('ben').requestCredentials(),
  },
  'withProvider().getAccount': { run: (api) => api.asUser().withProvider('drive').getAccount() },
  'withProvider().getAccount, none': {
    run: (api) => api.asUser().withProvider('unconnected').getAccount(),
  },
  'withProvider().listAccounts': {
    run: (api) => api.asUser().withProvider('drive').listAccounts(),
  },
  'withProvider().listCredentials': {
    run: (api) => api.asUser().withProvider('drive').listCredentials(),
  },
  'withProvider().asAccount': { run: (api) => api.asUser().withProvider('drive').asAccount('ben') },
  'withProvider().asAccount, its account': {
    run: (api) => api.asUser().withProvider('drive').asAccount('ben').getAccount(),
  },
  'withProvider().asAccount().fetch': {
    run: (api) => api.asUser().withProvider('drive').asAccount('ben').fetch('/files'),
  },
  'withProvider().asAccount of a stranger': {
    run: (api) => api.asUser().withProvider('drive').asAccount('no'),
  },
};
