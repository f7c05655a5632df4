import { type Person, personByEmail } from '../people.js';

/** A person by Basic `email:token`, and whether the token is the kind honoured here. */
export function readBasic(
  authorization: string,
  honoured: 'apiToken' | 'scopedToken',
): { readonly person: Person } | { readonly rejected: 'unknown' | 'wrong-kind' } {
  const [scheme = '', encoded = ''] = authorization.split(' ');
  if (scheme.toLowerCase() !== 'basic') return { rejected: 'wrong-kind' };
  const pair = Buffer.from(encoded, 'base64').toString();
  const colon = pair.indexOf(':');
  const person = personByEmail(pair.slice(0, Math.max(colon, 0)));
  const token = pair.slice(colon + 1);
  if (person === undefined) return { rejected: 'unknown' };
  if (person[honoured] === token) return { person };
  const isOther = token === person.apiToken || token === person.scopedToken;
  return { rejected: isOther ? 'wrong-kind' : 'unknown' };
}
