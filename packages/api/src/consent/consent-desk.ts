import {
  type AuthorizationAsked,
  type AuthProvider,
  ConfigError,
  type ConsentAsked,
  type ConsentDesk,
  type PendingRecords,
  type Site,
} from '@tributary/pipeline';
import { siteOf } from '../request/send-request.js';

interface DeskParts {
  readonly provider: AuthProvider | undefined;
  readonly site: Site | undefined;
  readonly pending: () => PendingRecords;
}

/** What asks people on behalf of one client, and forgets what they granted. */
export const consentDesk = ({ provider, site: own, pending }: DeskParts): ConsentDesk => {
  const askedOf = ({ user, site }: Pick<ConsentAsked, 'user' | 'site'>): AuthorizationAsked => {
    if (typeof user?.id !== 'string' || user.id === '') {
      throw new ConfigError('user', 'must be { id } of the person who is signed in');
    }
    // Its own fields only: an account that comes from a polluted Object.prototype is nobody's.
    const invocation = { user: Object.assign(Object.create(null), user) };
    return { site: siteOf({ site }, own), principal: { kind: 'user' }, invocation };
  };
  const nobody = () =>
    new ConfigError('user', 'has to be a provider that people grant access to, such as oauth(…)');

  return {
    get pending() {
      return pending();
    },
    flow({ scopes, ...asked }) {
      const flow = provider?.authorization?.(askedOf(asked), scopes ? { scopes } : {});
      if (flow === undefined) throw nobody();
      return flow;
    },
    async revoke(user, options) {
      const asked = askedOf({ ...options, user });
      if (provider?.revoke === undefined) throw nobody();
      return provider.revoke(asked);
    },
  };
};
