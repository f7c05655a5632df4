import { ConfigError } from '@tributary/pipeline';
import { currentInvocation } from '@tributary/pipeline/invocation';
import { route } from '@tributary/route';
import type { ProductApi } from '../request/api.js';
import { siteOf } from '../request/send-request.js';
import { AuthorizationCheckError } from './authorization-check-error.js';
import type { AuthorizeContext, Operation } from './authorize.js';
import { knownAccount } from './known-account.js';

const unclear = (response: Response, template: string): AuthorizationCheckError =>
  new AuthorizationCheckError(
    `The permission check answered ${response.status} and says neither yes nor no; treat it as unknown, not as no.`,
    { status: response.status, template },
  );

const readJson = async (response: Response, template: string): Promise<Record<string, unknown>> => {
  if (response.status !== 200) {
    await response.body?.cancel();
    throw unclear(response, template);
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body !== 'object' || body === null) throw unclear(response, template);
  return body as Record<string, unknown>;
};

/** From whoever knows it, else from Confluence itself. */
const accountOf = async (context: AuthorizeContext, user: ProductApi): Promise<string> => {
  const account = await knownAccount(context);
  if (account !== undefined) return account;
  const me = route`/wiki/rest/api/user/current`;
  const body = await readJson(await user.requestConfluence(me), me.template);
  if (typeof body.accountId === 'string') return body.accountId;
  throw new AuthorizationCheckError('Confluence did not say who the invoking user is.', {
    status: 200,
    template: me.template,
  });
};

/**
 * One check (REST v1, "Check content permissions"). False only where a 200 says so.
 * @throws AuthorizationCheckError for every other answer
 */
export const checkContent = async (
  context: AuthorizeContext,
  id: string | number,
  operation: Operation,
): Promise<boolean> => {
  const { deployment } = siteOf(currentInvocation(), context.site);
  if (deployment !== 'cloud') {
    throw new ConfigError(
      'site',
      'Data Center has no permission check; read the content as the user instead',
    );
  }
  const user = context.asUser();
  const path = route`/wiki/rest/api/content/${id}/permission/check`;
  const identifier = await accountOf(context, user);
  const response = await user.requestConfluence(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ subject: { type: 'user', identifier }, operation }),
  });
  const body = await readJson(response, path.template);
  if (typeof body.hasPermission !== 'boolean') throw unclear(response, path.template);
  return body.hasPermission;
};
