import { type Site, VerificationError, type VerifiedIdentity } from '@tributary/pipeline';
import { readJsonObject } from '../service-json.js';

/** Whom the answer has to name. */
export interface Known {
  readonly accountId?: string;
  readonly email?: string;
  readonly scopes?: readonly string[];
  /** Where the call itself names no site. */
  readonly siteUrl?: string;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isSameName = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase();

/**
 * Whose answer a 200 is.
 * @throws VerificationError when it is nobody's, or somebody else's than known.
 */
export const readIdentity = async (
  response: Response,
  site: Site,
  known: Known,
): Promise<VerifiedIdentity> => {
  const user = await readJsonObject(response);
  const { type, accountId, userKey, username, displayName, email } = user;
  const seraph = response.headers.get('x-seraph-loginreason') ?? '';
  const actingAs = headerName(response, 'x-ausername');
  if (
    type === 'anonymous' ||
    /AUTHENTICATED_FAILED|AUTHENTICATION_DENIED/i.test(seraph) ||
    isSameName(actingAs ?? '', 'anonymous')
  ) {
    throw new VerificationError(
      'The credential is not valid: Confluence ignored it and answered as to an anonymous reader. Check that it is whole and has not expired, and create another one if need be.',
      { status: 200 },
    );
  }
  // Data Center has user keys, which never change, and no account ids.
  const id = isText(accountId) ? accountId : userKey;
  if (!isText(id)) {
    throw new VerificationError(
      'The answer names no account: it may be the page of a log-in or a proxy. Check the URL of the site, on Data Center with its context path.',
      { status: 200 },
    );
  }
  const isOther =
    (known.accountId !== undefined && ![id, username].includes(known.accountId)) ||
    (known.email !== undefined && isText(email) && !isSameName(known.email, email)) ||
    (actingAs !== undefined && isText(username) && !isSameName(actingAs, username));
  if (isOther) {
    throw new VerificationError(
      "The answer belongs to another account than the credential's. Look for a cache or a proxy that logs in by itself between here and Confluence.",
      { status: 200 },
    );
  }
  return {
    accountId: id,
    ...(isText(displayName) && { displayName }),
    site: known.siteUrl ?? site.url,
    ...(known.scopes && { scopes: known.scopes }),
  };
};

/** Percent-encoded where it is not ASCII. */
const headerName = (response: Response, name: string): string | undefined => {
  const value = response.headers.get(name);
  if (value === null) return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
};
