import { Hono } from 'hono';
import type { Account } from '../people.js';
import type { RestEnv, Services } from '../rest/env.js';

/** `GET /user/current`: people have a username and a userKey here, and no accountId. */
export function userApi(services: Services): Hono<RestEnv> {
  const api = new Hono<RestEnv>();
  const links = { base: services.siteUrl, context: new URL(services.siteUrl).pathname };
  api.get('/user/current', (c) => {
    const { person } = c.env.identity;
    return c.json({ ...(person ? known(person) : anonymous), _links: links });
  });
  return api;
}

const picture = { path: '/confluence/images/icons/profilepics/default.svg', isDefault: true };

const anonymous = { type: 'anonymous', displayName: 'Anonymous', profilePicture: picture };

const known = ({ username, userKey, displayName }: Account) => ({
  type: 'known',
  username,
  userKey,
  displayName,
  profilePicture: picture,
});
