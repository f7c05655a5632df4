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

/** Or an account, or a site, could come from a polluted Object.prototype. */
const ownRecord = <T extends object>(fields: T): T => Object.assign(Object.create(null), fields);

/** What asks people on behalf of one client, and forgets what they granted. */
export const consentDesk = ({ provider, site: clientSite, pending }: DeskParts): ConsentDesk => {
  const askedOf = ({ user, site }: ConsentAsked): AuthorizationAsked => {
    if (typeof user?.id !== 'string' || user.id === '') {
      throw new ConfigError('user', 'must be { id } of the person who is signed in');
    }
    const invocation = { user: ownRecord(user) };
    return { site: siteOf({ site }, clientSite), principal: { kind: 'user' }, invocation };
  };
  const nobody = () =>
    new ConfigError('user', 'has to be a provider that people grant access to, such as oauth(…)');

  return {
    get pending() {
      return pending();
    },
    flow(asked) {
      const own = ownRecord(asked);
      const { scopes } = own;
      const flow = provider?.authorization?.(askedOf(own), scopes ? { scopes } : {});
      if (flow === undefined) throw nobody();
      return flow;
    },
    async revoke(user, options) {
      const asked = askedOf(ownRecord({ ...options, user }));
      if (provider?.revoke === undefined) throw nobody();
      return provider.revoke(asked);
    },
  };
};
