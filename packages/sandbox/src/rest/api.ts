import { Hono } from 'hono';
import { attachmentsApi, attachmentsV1Api } from './attachments.js';
import { auditApi } from './audit.js';
import { commentsApi } from './comments.js';
import { contentApi, goneApi } from './content.js';
import type { RestEnv, Services } from './env.js';
import { labelsApi, labelsV1Api } from './labels.js';
import { longTasksApi } from './long-tasks.js';
import { pagesApi } from './pages.js';
import { permissionCheckApi } from './permission-check.js';
import { answerV1, answerV2, Problem } from './problem.js';
import { spacesApi } from './spaces.js';
import { userApi } from './user.js';

const notFound = (): never => {
  throw new Problem(404, 'Not Found');
};

/** `/api/v2`, the same on the site and on the gateway. */
export function v2Api(services: Services): Hono<RestEnv> {
  const api = new Hono<RestEnv>();
  for (const part of [spacesApi, pagesApi, commentsApi, labelsApi, attachmentsApi])
    api.route('/', part(services));
  api.all('*', notFound);
  api.onError(answerV2);
  return api;
}

/** `/rest/api`: what is left of v1 differs between the site and the gateway. */
export function v1Api(services: Services, listener: 'site' | 'gateway'): Hono<RestEnv> {
  const api = new Hono<RestEnv>();
  for (const part of [
    labelsV1Api,
    userApi,
    permissionCheckApi,
    auditApi,
    attachmentsV1Api,
    longTasksApi,
  ]) {
    api.route('/', part(services));
  }
  api.route('/', listener === 'site' ? contentApi(services) : goneApi());
  api.all('*', notFound);
  api.onError(answerV1);
  return api;
}
