import {
  type AuthProviders,
  ChainError,
  ConfigError,
  type Principal,
  type VerifiedIdentity,
} from '@tributary/pipeline';
import { currentInvocation } from '@tributary/pipeline/invocation';
import { route } from '@tributary/route';
import { bindUser } from '../request/as-user.js';
import { buildCall, type ClientContext } from '../request/send-request.js';

export interface VerifyOptions {
  /** Whose credential: that of `asApp()`, or of `asUser()` in this invocation. */
  readonly as: 'app' | 'user';
  readonly signal?: AbortSignal;
}

/** Where it is asked; the provider maps it to the site's deployment. */
const WHO_AM_I = route`/wiki/rest/api/user/current`;

/** As the principal's own calls would go, but by the provider itself: whatever a plugin adds doesn't see it. */
export const verify = async (
  client: ClientContext,
  providers: AuthProviders,
  options: VerifyOptions,
): Promise<VerifiedIdentity> => {
  if (client.isClosed()) {
    throw new ChainError('This client was disposed of; create another one to verify with.');
  }
  const { as, signal } = options;
  if (as !== 'app' && as !== 'user') throw new ConfigError('as', "must be 'app' or 'user'");
  const provider = providers[as];
  if (provider === undefined) {
    throw new ConfigError(as, 'has no credential to verify; give createTributary one');
  }
  if (provider.verify === undefined) {
    throw new ConfigError(as, `${provider.kind} can not tell whose its credential is`);
  }
  const invocation = as === 'user' ? bindUser(provider, undefined).invocation : currentInvocation();
  const principal: Principal = { kind: as };
  const call = buildCall(
    client,
    'confluence',
    principal,
    invocation,
    WHO_AM_I,
    signal && { signal },
  );
  return provider.verify(call);
};
