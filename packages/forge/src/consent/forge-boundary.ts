import { type Invocation, NeedsAuthenticationError } from '@tributary/pipeline';
import { currentInvocation } from '@tributary/pipeline/invocation';
import { findConsent } from './pending-consents.js';

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

const consentErrorOf = (
  error: unknown,
  invocation: Invocation | undefined,
): NeedsAuthenticationError | undefined => {
  if (invocation === undefined || error instanceof NeedsAuthenticationError) return undefined;
  if (!isForgeConsentError(error)) return undefined;
  return findConsent(invocation, error.serviceKey, scopesOf(error));
};

/**
 * Makes a handler that is written for Forge one that a consent boundary understands:
 * `runWithConsent(forgeBoundary(handler), …)`. Where Forge's NeedsAuthenticationError escapes from it, what
 * its invocation noted escapes instead, and the boundary asks for that; one that the handler catches asks
 * for nothing, as in Forge. All other errors pass as they are.
 */
export const forgeBoundary =
  <A extends unknown[], T>(handler: (...args: A) => T | Promise<T>): ((...args: A) => Promise<T>) =>
  async (...args) => {
    try {
      return await handler(...args);
    } catch (error) {
      throw consentErrorOf(error, currentInvocation()) ?? error;
    }
  };
