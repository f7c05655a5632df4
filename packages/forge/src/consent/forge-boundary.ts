import type { Tributary } from '@tributary/api';
import { discardBody, type Invocation, NeedsAuthenticationError } from '@tributary/pipeline';
import { currentInvocation } from '@tributary/pipeline/invocation';
import { route } from '@tributary/route';
import { learnExternal } from '../platform/external-auth.js';
import { describeInvocation } from '../platform/invocation-details.js';
import type { ForgePlatformOptions } from '../platform/platform-options.js';
import { findConsent } from './pending-consents.js';

export interface ForgeBoundaryOptions {
  /**
   * The client that the app runs on. It tells the account of users who have granted, where the invocation
   * doesn't, and asks those who have not when the app calls `authorize()`, which needs to know it.
   */
  readonly client?: Pick<Tributary, 'account' | 'api'>;
  /** The platform's, whose third parties are asked beforehand who the user is there. */
  readonly externalAuth?: ForgePlatformOptions['externalAuth'];
}

const ME = route`/wiki/rest/api/user/current`;

/** Forge's class, whoever's copy of it: the real package's, the drop-in's, one of a bundle. */
interface ForgeConsentError {
  readonly name: 'NEEDS_AUTHENTICATION_ERR';
  readonly serviceKey: string;
  readonly options?: { readonly scopes?: unknown };
}

const isForgeConsentError = (error: unknown): error is ForgeConsentError => {
  const { name, serviceKey } = (error ?? {}) as Partial<ForgeConsentError>;
  return name === 'NEEDS_AUTHENTICATION_ERR' && typeof serviceKey === 'string';
};

const scopesOf = ({ options }: ForgeConsentError): readonly string[] => {
  const scopes = options?.scopes;
  return Array.isArray(scopes) ? scopes.map(String) : [];
};

/** What authorize() says where nobody knows who is invoking. */
const isAccountMissing = (error: unknown): boolean =>
  error instanceof Error && /accountId of the invoking user/.test(error.message);

/** Known before the app runs, since Forge's runtime tells it at once. */
const learnAccount = async (
  { account }: NonNullable<ForgeBoundaryOptions['client']>,
  invocation: Invocation,
): Promise<void> => {
  // What fails here fails again, and is told, when the app acts as the user; many never do.
  const accountId = await account().catch(() => undefined);
  if (accountId !== undefined) describeInvocation(invocation, { accountId });
};

/** What a call as the user needs, if it needs anything. */
const askWhoItIs = async ({
  api,
}: NonNullable<ForgeBoundaryOptions['client']>): Promise<NeedsAuthenticationError | undefined> => {
  try {
    discardBody(await api.asUser().requestConfluence(ME));
  } catch (error) {
    if (error instanceof NeedsAuthenticationError) return error;
  }
  return undefined;
};

const consentErrorOf = (
  error: unknown,
  invocation: Invocation,
  { client }: ForgeBoundaryOptions,
): Promise<NeedsAuthenticationError | undefined> | NeedsAuthenticationError | undefined => {
  // One of ours that knows what to ask for; one that came through inForge() does not.
  if (error instanceof NeedsAuthenticationError && error.request !== undefined) return undefined;
  if (isForgeConsentError(error)) return findConsent(invocation, error.serviceKey, scopesOf(error));
  const canBeAsked = client !== undefined && invocation.user !== undefined;
  return canBeAsked && isAccountMissing(error) ? askWhoItIs(client) : undefined;
};

/**
 * Makes a handler that is written for Forge one that a consent boundary understands:
 * `runWithConsent(forgeBoundary(handler, { client }), …)`. Where Forge's NeedsAuthenticationError escapes from
 * it, what its invocation noted escapes instead, and the boundary asks for that; one that the handler catches
 * asks for nothing, as in Forge. All other errors pass as they are.
 */
export const forgeBoundary =
  <A extends unknown[], T>(
    handler: (...args: A) => T | Promise<T>,
    options: ForgeBoundaryOptions = {},
  ): ((...args: A) => Promise<T>) =>
  async (...args) => {
    const invocation = currentInvocation();
    if (invocation === undefined) return handler(...args);
    const { client, externalAuth } = options;
    if (invocation.user !== undefined) {
      await Promise.all([
        client && learnAccount(client, invocation),
        learnExternal(externalAuth, invocation),
      ]);
    }
    try {
      return await handler(...args);
    } catch (error) {
      throw (await consentErrorOf(error, invocation, options)) ?? error;
    }
  };
