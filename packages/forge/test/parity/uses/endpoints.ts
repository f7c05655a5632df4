import { as, json, post, refused, type Uses } from './use.js';

export const ENDPOINT_USES: Uses = {
  invokeRemote: { run: (api) => api.invokeRemote('backend', { path: '/x', ...post }) },
  'invokeRemote without path': { run: (api) => api.invokeRemote('backend', as({})) },
  'invokeRemote without key': { run: (api) => api.invokeRemote('', { path: '/x' }) },
  'invokeRemote without anything': {
    run: (api) => as<() => unknown>(api.invokeRemote)(),
    saysMore: true,
  },
  'invokeRemote of an unknown key': {
    run: (api) => api.invokeRemote('nothing', { path: '/x' }),
    answers: [refused('INVALID_REMOTE', 400)],
  },
  'invokeRemote, refused otherwise': {
    run: (api) => api.default.invokeRemote('backend', { path: '/x' }),
    answers: [refused('INVALID_SERVICE_KEY', 400)],
  },
  'invokeRemote, answered 500': {
    run: (api) => api.invokeRemote('backend', { path: '/x' }),
    answers: [json({}, 500)],
  },
  invokeService: { run: (api) => api.invokeService('container', { path: '/x' }) },
  'invokeService without key': { run: (api) => api.invokeService('', { path: '/x' }) },
  'invokeService without path': { run: (api) => api.invokeService('container', { path: '' }) },
  'invokeService of an unknown key': {
    run: (api) => api.default.invokeService('nothing', { path: '/x' }),
    answers: [refused('INVALID_SERVICE_KEY', 400)],
  },
  'invokeService without consent': {
    run: (api) => api.invokeService('container', { path: '/x' }),
    answers: [refused('NEEDS_AUTHENTICATION_ERR', 401)],
  },
};
