import type { MiddlewareHandler } from 'hono';
import type { RestEnv } from './env.js';

/**
 * Lets a request pass whose credential has one of these scopes. On the site there are none to
 * check. The gateway answers 401, not 403, and marks it so that nobody takes it for an expired token.
 */
export const scope = (...anyOf: readonly string[]): MiddlewareHandler<RestEnv> =>
  async function checkScope(c, next) {
    const { scopes } = c.env.identity;
    if (scopes === undefined || anyOf.some((name) => scopes.has(name))) {
      await next();
      return;
    }
    return c.json({ code: 401, message: 'Unauthorized; scope does not match' }, 401, {
      'x-failure-category': 'FAILURE_CLIENT_SCOPE_CHECK',
    });
  };
