import { Hono } from 'hono';
import { type Account, serviceAccount } from '../people.js';
import type { RestEnv, Services } from './env.js';
import { scope } from './scopes.js';

const picture = { path: '/wiki/aa-avatar/default', width: 48, height: 48, isDefault: true };

/** v1: `GET /user/current`. */
export function userApi(services: Services): Hono<RestEnv> {
  const api = new Hono<RestEnv>();
  const links = { base: `${services.siteUrl}/wiki`, context: '/wiki' };

  api.get(
    '/user/current',
    scope('read:confluence-user', 'read:content-details:confluence'),
    (c) => {
      const { person } = c.env.identity;
      const user = person ? known(person) : anonymous;
      return c.json({ ...user, _expandable: { operations: '', personalSpace: '' }, _links: links });
    },
  );

  return api;
}

const anonymous = { type: 'anonymous', displayName: 'Anonymous', profilePicture: picture };

const known = (person: Account) => ({
  type: 'known',
  accountId: person.accountId,
  accountType: person === serviceAccount ? 'app' : 'atlassian',
  email: person.email,
  publicName: person.displayName,
  displayName: person.displayName,
  profilePicture: picture,
  isExternalCollaborator: false,
});
